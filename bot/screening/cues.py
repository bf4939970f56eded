"""Words around a name that tell a person from a thing. Folded, lower case."""

TITLES = frozenset(
    "mw mevr mevrouw mvr mvrw mevouw mevrw mej mejuffrouw dhr hr heer meneer mijnheer mnr menr mener mneer "
    "juf juffrouw meester fam familie gezin dokter dr zuster broeder oom tante ome opa oma pastoor "
    "dominee imam mr mrs ms miss sir madam mister family famile fmilie mijnh".split()
)
ROLES = frozenset(
    "buurman buurvrouw buur buren buurjongen buurmeisje buuf bovenbuurman bovenbuurvrouw benedenbuurman "
    "benedenbuurvrouw overbuurman overbuurvrouw onderbuurman onderbuurvrouw zoon zoontje dochter dochtertje "
    "broer broertje zus zusje zwager schoonzus schoonzoon schoondochter schoonmoeder schoonvader neef nicht "
    "vriend vriendin man vrouw moeder vader mama papa mam pap partner ex kleinzoon kleindochter kind kinderen "
    "huurder huurster bewoner bewoonster collega begeleider begeleidster medewerker medewerkster "
    "concierge huismeester wijkagent wijkbeheerder consulent monteur hulp bezoeker oppas jongen meisje "
    "neighbour neighbor son daughter brother sister friend tenant husband wife mother father uncle aunt "
    "colleague resident girlfriend boyfriend caretaker guy lady echtgenoot echtgenote stiefzoon "
    "stiefvader peuter baby tweeling kennis verhuurder onderhuurder mantelzorger".split()
)
INTRODUCTIONS = (
    r"\b(?:heet|heten|heette|hete|genaamd|genoemd|geheten|ene|zekere|noemt zich|noemen (?:hem|haar|ze)|called"
    r"|named|name is|name's|(?:(?:achter|voor|roep|bij|meisjes|familie|gezins)?naam(?: van [a-z]+)?"
    r"|surname|first name|last name|name)(?:\s?(?:is|was|luidt|staat)\b|\s?[:=]|\s-)"
    r"|(?:op|onder) (?:de )?naam(?: van)?|t\.?n\.?v\.?|ten name van|luistert naar(?: de naam)?|initialen)"
    r"[\s:=\"'(-]{0,3}$"
)
PARTICLES = frozenset(
    "van der den de het ter ten te vd v.d. v/d el al ben bin bint von zur zum di da dos du la le del della "
    "op in uit aan tot abu abd ould mac 't t d der".split()
)
STRONG_PARTICLES = frozenset(
    (
        "van der",
        "van den",
        "vd",
        "v d",
        "van 't",
        "van t",
        "in 't",
        "op den",
        "in den",
        "op 't",
        "vander",
    )
)
"""Runs of particles after which hardly anything but a surname comes."""

PARTICLES_BEFORE_CAPITAL = STRONG_PARTICLES | frozenset(
    ("ter", "ten", "el", "al", "ben", "bin", "abu", "del", "della", "van de", "van het", "von", "mac", "mc", "ould")
)
"""Particles after which a capital is a surname's."""

PARTICLES_BEFORE_CAPITAL = STRONG_PARTICLES | frozenset(
    ("ter", "ten", "el", "al", "ben", "bin", "abu", "del", "della", "van de", "van het", "von", "mac", "mc", "ould")
)
"""Particles after which a capital is a surname's."""

ARTICLES = frozenset(
    "de het een 't deze die dit dat onze ons mijn hun zijn haar uw jullie the a an this that our my "
    "elke ieder elk geen".split()
)
SAYING = frozenset(
    "zegt zei zeg belt belde gebeld vertelt vertelde vraagt vroeg klaagt klaagde meldt meldde appt appte "
    "mailt mailde woont woonde schreeuwt schreeuwde reageert reageerde roept riep kwam appje stuurde "
    "stuurt beweert vindt dacht denkt gilt huilt huilde schreef schrijft bedreigt gesproken gebelt geappt "
    "says said called calls told tells asks asked lives lived wants complained complains shouted shouts "
    "texted mentioned reported reports screams claims phoned moved".split()
)
DOING = SAYING | frozenset(
    "wil wilde wou komt gaat ging doet deed heeft had is was weet opent loopt liep slaapt wacht zat kan "
    "kon moet moest blijft bleef maakt maakte zet laat liet doen reed parkeert gooit gooide krijgt kreeg weigert "
    "has does did came keeps kept opened refuses went left again weer ook "
    "niet zou zal mag wordt werd gezien thuis doe heb".split()
)
ALSO_ENGLISH = frozenset("is was has had did does".split())
"""Verbs that may follow an English noun that is a Dutch first name ("floor is wet")."""

THINGS = frozenset(
    "roos storm bas bloem lente maan zwaan vlinder wolf beer merel iris margriet lelie linde jasmijn sky fin lot "
    "parel viool viola violet dahlia daisy lotus arend amber silver marina flora luna charisma candy tijm rio paris "
    "trees olive penny summer victor stijn".split()
) - {"stijn"}
"""First names that are a plant, a bird, the weather or a tone as well: only speech makes a person."""

BEFORE_PERSON = frozenset("bij met volgens door voor aan namens naar with to by from".split())
PAST = frozenset(
    "gaf liep zag nam ging stond zat lag riep sloeg hing reed bleef schreef vond hield bracht dacht kocht trok sprak "
    "brak viel sliep hielp keek kreeg las at dronk zong sprong vertrok verkocht verloor vergat gave took ran saw went stood "
    "sat held brought bought broke fell slept helped looked got read ate drank sang jumped left lost forgot threw".split()
)

NOT_AFTER_TITLE = DOING | frozenset(
    """
    aan achter af al alleen alles als altijd anders beneden bent bij bijna binnen boven buiten daar dan dat de
    deze die dit door duurt een eens en er erg even ga gaf geen geeft gelooft goed graag haalt had hangt haar
    heb hebben hele helemaal helpt hem hen het hier hij hing hoe hoort hoorde hou houdt hun ik in is jaar je jij
    jong jonge keek kijkt klein kleine klopt klopte komen kort kunnen lag langs last lang leek leeft leent leest
    legt ligt loop lopen lijkt maar man mee meer met mij mijn minder moeten mogen mooi na naar naast nam neemt niemand
    niks nog nooit nou nu of om onder ook op open oud oude over pakt pas past praat praten praatte rende rijdt rond
    roken rookt ruikt rustig samen sinds slaat sliep sluit snel soms spreekt sprak sta staan staat stil stond
    stopt straks te tegen terug the toen tot tussen uit uw vaak vandaag vanaf vanavond vannacht vanochtend
    vanmorgen vanmiddag van vast veel verder verhuist verhuisd verklaarde verkoopt vertrok viel vind vond voelt
    volgens voor vorige wacht wachten wakker wanneer want waren was wassen wat we weg weinig wel
    werkt werken wie willen woon wonen worden yes zag zak zal ze zeer zeggen zich zie zien ziet zij zijn
    zit zitten zo zoekt zonder zonet zorgt zorgen zou zouden zullen hierboven hiernaast hiervoor gister gisteren
    morgen ouder jonger and at for from in not on or to with who will would next upstairs downstairs about
    belangrijk bezoek bellen belt dood druk eet eerst eindelijk gek ging hard huis hulp huur kapot klaar
    kwaad kwijt leeg lekker lief los moe nieuwe opa oma oké ok overlast post ruzie schoon
    sleutel sloot slot tevreden toch tuin uur vandaan vader moeder kind kinderen vuil wc ziek zelf
    net boos fijn erin voorbij bang raak dol extra zweer ken kent kijk geloof pak horen stel hoeven geloven vallen vecht
    wint won triest nat flink nader elders goede kies stap neer verlaat immers vlot leen heus verwijst verhoogt jarig dien
    wens gok rennen rende proost melden mank scheen nadien tegenover waarschijnlijk misschien helaas natuurlijk gelukkig
    rent sleept gooit brengt bracht haalt haalde stelt stelde hield zoals loopt durft durfde hoeft ligt
    """.split()
)
"""After "mevrouw" or "fam" in lower case these are the sentence going on, not a surname."""

PLAIN_SURNAMES = frozenset(
    "klein jong groot oud lang kort best goed dik stil snel vast hoog leeg nieuwe oude jonge kleine goede buiten klaar mooi graag".split()
) - {"klaar", "graag"}
"""Everyday words that are a surname after a title with a verb behind them: "meneer klein wil"."""

FIRM_BEFORE = frozenset(
    "flat gebouw complex winkel cafe school basisschool kerk moskee bakker bakkerij slager slagerij garage supermarkt "
    "firma bedrijf merk type hotel restaurant wijkcentrum buurthuis park plein straat laan weg portiek wijk buurt stichting "
    "installateur schildersbedrijf loodgieter loodgietersbedrijf aannemer aannemersbedrijf kapper kapsalon apotheek "
    "sporthal zwembad station hof toren molen brug brouwerij drogist makelaar makelaardij schoonmaakbedrijf "
    "vakantiepark camping studio academie college lyceum ziekenhuis verzorgingshuis zorgcentrum woonzorgcentrum "
    "bouwbedrijf bouwmarkt bloemist bloemenwinkel snackbar cafetaria pizzeria ijssalon brand building shop store "
    "model soort ras fietsenmaker fietsenzaak dierenwinkel tuincentrum speeltuin wijkgebouw buurtcentrum "
    "hovenier hoveniersbedrijf glaszetter glazenwasser schoonmaker liftbedrijf leverancier galerie "
    "winkelcentrum parkeergarage bushalte halte zaal lokaal app programma boek film serie liedje nummer".split()
)
FIRM_AFTER = frozenset(
    "bv b.v nv vof zn zonen zoon bouw installaties installatietechniek schilders schilderwerken makelaars makelaardij flat "
    "straat plein school groep techniek liften hoveniers glas catering transport advies energie verhuizingen "
    "supermarkt optiek bakkerij slagerij garage verhuur wonen service services montage sloopwerken "
    "park college lyceum ziekenhuis fonds stichting beheer vastgoed schoonmaak bakker slager".split()
)
STREET_ENDING = (
    r"(?:straat|straatje|weg|laan|plein|dreef|kade|gracht|singel|steeg|dijk|plantsoen|boulevard|pad|flat|park|school"
    r"|kerk|brug|tunnel|toren|gebouw|markt|huisstraat|stadion|college|hal|street|road|avenue)$"
)
