"""`python -m decidedly`"""

from decidedly.cli import main

main()
