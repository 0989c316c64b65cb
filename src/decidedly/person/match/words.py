"""Words that tell a column's role, or that say nothing of who a person is: names of columns in several languages,
titles, kinds of streets, letters outside ASCII."""

from __future__ import annotations

from typing import get_args

from decidedly.core.dictionary import PersonRole

Role = PersonRole
ROLES: tuple[str, ...] = get_args(Role)


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# What columns are called, folded to small letters without marks between. Longer words are looked for first.
COLUMN_WORDS: dict[Role, tuple[str, ...]] = {
    "given_name": (
        "givenname", "firstname", "forename", "christianname", "fname", "given", "first", "vorname", "rufname",
        "prenom",
        "nombre", "nombres", "primernombre", "nome", "primonome", "voornaam", "imie", "fornamn", "fornavn", "etunimi",
        "jmeno", "imya", "primeironome", "adi", "callname", "keresztnev", "prenume", "ime", "isim", "onoma", "meno",
    ),
    "surname": (
        "surname", "lastname", "familyname", "lname", "sname", "last", "family", "nachname", "familienname", "zuname",
        "nom", "nomdefamille", "nomfamille", "apellido", "apellidos", "primerapellido", "cognome", "sobrenome",
        "apelido", "achternaam", "nazwisko", "efternamn", "efternavn", "etternavn", "sukunimi", "prijmeni",
        "familiya",
        "soyadi", "maidenname", "soyad", "vezeteknev", "prezime", "priezvisko", "eponymo",
    ),
    "full_name": (
        "fullname", "name", "personname", "customername", "clientname", "displayname", "contactname", "nomcomplet",
        "nombrecompleto", "vollname", "nomecompleto", "holder", "namen", "naam", "nomeecognome", "cognomeenome",
        "nombreyapellidos", "apellidosynombre", "nometprenom", "nomprenom", "prenomnom", "vorundnachname",
        "namevorname",
        "imieinazwisko", "nazwiskoiimie", "fio", "adsoyad", "firstandlastname",
    ),
    "birth": (
        "dateofbirth", "birthdate", "birthday", "dob", "born", "bdate", "geburtsdatum", "geburtstag", "gebdatum",
        "datenaissance", "datedenaissance", "fechanacimiento", "fechadenacimiento", "fnacimiento", "datadinascita",
        "datanascita", "nascita", "datanascimento", "datadenascimento", "geboortedatum", "dataurodzenia",
        "fodelsedatum", "fodselsdato", "naissance", "nacimiento", "birth", "fodt", "fodd", "geboren", "datarozhdeniya",
        "datumnarozeni", "dogumtarihi", "syntymaaika", "szuletes",
    ),
    "birth_day": ("birthday_d", "bd", "dayofbirth", "dobday", "dobd", "bday_d"),
    "birth_month": ("bm", "monthofbirth", "birthmonth", "dobmonth", "dobm"),
    "birth_year": ("by", "yearofbirth", "birthyear", "dobyear", "doby", "yob", "geburtsjahr", "anneenaissance"),
    "age": ("age", "alter", "edad", "eta", "leeftijd", "idade", "wiek", "alder"),
    "sex": ("sex", "gender", "geschlecht", "sexe", "sexo", "sesso", "genere", "genero", "geslacht", "plec", "kon",
        "kjonn", "pohlavi",
        "cinsiyet", "sukupuoli"),
    "number": (
        "streetnumber", "housenumber", "houseno", "streetno", "hausnummer", "hausnr", "numero", "numerocivico",
        "civico",
        "huisnummer", "numerorue", "numvoie", "buildingnumber", "housenum", "streetnum", "hnr",
    ),
    "street2": ("address2", "addressline2", "addr2", "street2", "streetline2", "addressext", "unit",
        "apartment", "flat"),
    "street": (
        "street", "streetname", "streetaddress", "address1", "addressline1", "addr1", "strasse", "str", "rue", "voie",
        "calle", "via", "rua", "straat", "ulica", "gata", "road", "streetline1",
    ),
    "address": (
        "address", "addr", "fulladdress", "postaladdress", "adresse", "anschrift", "direccion", "indirizzo",
        "endereco",
        "morada", "adres", "domicilio", "mailingaddress", "homeaddress", "adress",
    ),
    "city": (
        "city", "town", "suburb", "locality", "place", "municipality", "ort", "wohnort", "stadt", "ville", "commune",
        "ciudad", "localidad", "municipio", "poblacion", "citta", "comune", "cidade", "stad", "plaats", "woonplaats",
        "miasto", "village", "residence", "birthplace", "gorod", "poststed", "postort", "kommune", "mesto", "obec",
        "sehir",
        "kaupunki", "varos", "miejscowosc", "gemeinde", "localite",
    ),
    "postcode": (
        "postcode", "postalcode", "zip", "zipcode", "plz", "postleitzahl", "codepostal", "cp", "codigopostal", "cap",
        "cep", "kodpocztowy", "postnummer", "postnr", "pcode", "postal", "indeks", "psc", "iranyitoszam", "postinumero",
    ),
    "state": (
        "state", "province", "region", "county", "bundesland", "departement", "provincia", "estado", "regione",
        "provincie", "wojewodztwo", "land", "territory",
    ),
    "country": ("country", "nation", "pays", "pais", "paese", "countrycode", "nationality"),
    "email": ("email", "mail", "emailaddress", "courriel", "correo", "correoelectronico", "mailadresse", "epost",
        "eposta",
        "sahkoposti", "pochta"),
    "phone": (
        "phone", "phonenumber", "telephone", "mobile", "cell", "cellphone", "tel", "telefon", "telefono", "telefone",
        "portable", "handy", "mobil", "movil", "cellulare", "telefoon", "telnr", "phoneno", "mobileno",
        "contactnumber",
    ),
    "id": (
        "socsecid", "ssn", "socialsecurity", "socialsecuritynumber", "nationalid", "nino", "nhsnumber", "nhsno",
        "taxid", "passport", "passportno", "dni", "nif", "codicefiscale", "steuerid", "loyaltyid", "loyalty",
        "loyaltynumber", "membership", "memberid", "membernumber", "cardnumber", "customernumber", "patientid",
        "insurancenumber", "driverlicense", "licence", "kundennummer", "bsn", "pesel", "cpf", "personnummer",
    ),
    "ignore": (
        "recid", "recordid", "uniqueid", "rowid", "index", "uuid", "guid", "pk", "source", "sourcedataset", "dataset",
        "createdat", "updatedat", "timestamp", "cluster", "clusterid", "entityid", "truth", "label", "blockingnumber",
        "title", "salutation", "anrede",
    ),
}  # fmt: skip

# How the months begin, in small letters of ASCII.
MONTHS = (
    "jan feb mar apr may jun jul aug sep oct nov dec", "ene fev mrz avr mai giu lug aou set okt noy dez",
    "gen fev maa abr maj juin juil ago szept ott noi dic", "ian fev mart avril mei iun iul avg sent out noya dek",
    "yanv fevr marz apre maya iyun iyul avgu sent okty noya des", "sty lut mar kwi maj cze lip sie wrz paz lis gru",
    "tammi helmi maalis huhti touko kesa heina elo syys loka marras joulu",
    "oca sub mart nis mayi haz tem agu eyl eki kas ara",
)  # fmt: skip

TITLES = _words(
    "mr mrs ms miss mx dr prof sir dame lord lady rev herr frau fraulein mme mlle m monsieur madame",
    "mademoiselle sr sra srta don dona sig sigra signor signora dhr mevr mevrouw jr snr ii iii iv phd md",
    "dds esq dipl ing mag",
)
PARTICLES = _words(
    "van von der den de del della di da do dos das du la le les el al bin ibn ben mac mc o d zu zum zur",
    "ter ten st san santa y e af av",
)
STREET_KINDS: dict[str, str] = {
    "st": "street", "str": "strasse", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive",
    "ct": "court", "cl": "close", "pl": "place", "cres": "crescent", "cr": "crescent", "pde": "parade",
    "tce": "terrace",
    "ter": "terrace", "hwy": "highway", "blvd": "boulevard", "bd": "boulevard", "sq": "square", "gr": "grove",
    "cct": "circuit", "apt": "apartment", "bvd": "boulevard", "pkwy": "parkway", "r": "rue", "c": "calle",
    "ul": "ulica",
}  # fmt: skip
STREET_WORDS = frozenset(STREET_KINDS.values()) | _words(
    "via viale piazza corso rua avenida paseo plaza weg allee platz gasse ring ufer chemin impasse quai",
    "straat laan plein way walk mews hill gardens drive alley row circle loop trail crossing vlge gata",
    "vagen gatan unit flat route camino carrera chaussee",
)
SEXES: dict[str, str] = {
    "m": "m", "male": "m", "man": "m", "mann": "m", "mannlich": "m", "h": "m", "homme": "m", "hombre": "m",
    "maschio": "m",
    "masculino": "m", "masculin": "m", "uomo": "m", "boy": "m", "f": "f", "female": "f", "woman": "f", "w": "f",
    "weiblich": "f", "frau": "f", "femme": "f", "mujer": "f", "femenino": "f", "feminino": "f", "feminin": "f",
    "femmina": "f", "donna": "f", "v": "f", "vrouw": "f", "girl": "f", "k": "f", "d": "x", "x": "x", "divers": "x",
    "other": "x", "nonbinary": "x",
}  # fmt: skip
NOTHING = frozenset(
    ["", "null", "none", "nan", "na", "n/a", "nil", "unknown", "unk", "undefined", "missing", "?", "-", "--",
    ".", "tbd",
     "not available", "not known", "#n/a", "(null)", "xxx", "xxxx", "unbekannt", "inconnu"]
)  # fmt: skip

# Letters that Unicode does not take apart into a base letter and a mark, and the two neighbouring scripts.
LETTERS = str.maketrans(
    {
        "ß": "ss", "ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n",
        **dict(zip("абвгдезийклмнопрстуфхцъыьэ", "abvgdeziiklmnoprstufhc y e", strict=True)),
        "ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "і": "i", "ї": "i",
        "є": "e", "ґ": "g",
        **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
        "θ": "th", "χ": "ch", "ψ": "ps",
    }
)  # fmt: skip

# Frequent given names, to tell them from surnames where a column's own name says nothing.
GIVEN_NAMES = _words(
    "james john robert michael william david richard joseph thomas charles christopher daniel matthew",
    "anthony mark donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason",
    "jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel",
    "gregory frank alexander raymond patrick jack dennis jerry mary patricia jennifer linda elizabeth",
    "barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna",
    "michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela",
    "shirley anna brenda pamela emma nicole helen samantha katherine christine olivia amelia isla ava",
    "grace lily sophie chloe ella mia harry oliver noah leo oscar luke liam ethan lachlan joshua isabella",
    "charlotte ruby zoe jake peter hans klaus wolfgang jurgen dieter manfred uwe stefan andreas markus",
    "lukas felix leon finn monika petra sabine ursula renate karin gisela brigitte helga heike claudia",
    "birgit katharina hannah lea marie jean pierre michel andre philippe alain jacques bernard nicolas",
    "francois laurent julien antoine camille manon nathalie isabelle sylvie catherine francoise monique",
    "jacqueline valerie jose antonio juan manuel francisco luis javier carlos miguel pedro angel rafael",
    "fernando maria carmen josefa isabel dolores pilar teresa ana cristina marta lucia elena giuseppe",
    "giovanni mario luigi roberto andrea marco alessandro francesco matteo lorenzo giulia francesca",
    "chiara sara paola rosa jan piotr krzysztof andrzej tomasz pawel michal marcin agnieszka katarzyna",
    "malgorzata ewa lars erik anders johan karl nils ingrid astrid sofia johanna ivan sergei dmitri",
    "aleksandr olga natalia tatiana irina joao paulo pedro tiago beatriz ines mohammed muhammad ahmed ali",
    "omar hassan ibrahim yusuf fatima aisha wei jing li hiroshi yuki ravi priya anil",
)
