"""What the invented people of the demo set say, and what they are called. Names are in the scripts people have."""

MOTIVATIONS = (
    "Tilsynet har i flere år fundet lav kvalitet i de samme dagtilbud. Vi vil arbejde med læringsmiljøerne for de "
    "0-2-årige, og ledelsen har afsat timer til det.",
    "Hver tredje familie er i en udsat position. Vi vil have forældrene med som medskabere af læringsmiljøet og bygge "
    "viden op, der bliver, når forløbet er slut.",
    "To dagtilbud er lagt sammen, og personalet kommer fra hver sin kultur. Vi søger sparring i praksis "
    "og faglig ledelse.",
    "Mange børn taler et andet sprog hjemme: українська, العربية, kalaallisut. Vi vil arbejde med leg og sprog i "
    "hverdagens rutiner.",
    "Vores dagplejere sidder alene i hjemmene og mødes i legestuen midt på dagen. Vi vil gøre legestuen "
    "til et læringsmiljø.",
    "Personalet skifter ofte, og to ud af tre er uden uddannelse. Vi vil have fælles sprog for det gode børneliv.",
)
CONTACTS = (
    "Åse Østergaard", "Þóra Jónsdóttir", "Олена Коваль", "Søren Ærø Dahl", "فاطمة حسن", "Aviâja Petrussen",
    "Nguyễn Thị Lan", "Малік Kleist", "Zoë Müller-Çelik", "李梅", "Pipaluk Kreutzmann", "Rúni á Lakjuni",
)  # fmt: skip
INSPECTIONS = "Tilsynene i de to sidste år peger på få voksenstyrede aktiviteter og uro i overgangene."
THEMES = ("learning_environments", "parents", "interdisciplinary_work", "leadership")
TRIGGERS = ("low_quality", "other", None)

ENQUIRIES = {
    "0101": (
        "Kan to af vores områder søge hver for sig i samme runde?",
        "Ja, når der ikke er dagtilbud, som er med i begge ansøgninger.",
    ),
    "0400": (
        "Vi er en ø med dagpleje alene. Hvad passer bedst til os?",
        "Et kort forløb. I kan søge når som helst og henvise til dette svar.",
    ),
    "0492": ("Tæller en børnehave med en vuggestuegruppe med?", "Ja, når den har børn under tre år."),
    "0959": ("Kan konsulenterne komme om vinteren, hvor der ikke sejles?", None),
}
"""Questions before applying by who asks, with the answer where it has come. The first is answered last of all."""

REASONS = {
    "decline": "Runden havde flere ansøgninger end korpset har timer til, og andre har et bedre belyst behov.",
    "wait": "Ansøgningen er god, men korpset er fuldt til sommer. I får besked, så snart der er plads.",
    "move-up": "En anden kommune har trukket sig, og I stod øverst på ventelisten.",
    "override": "Øen har kun én vuggestue. Den kan deltage sammen med dagplejen, som følger med uden at tælle.",
    "substitute": "Vuggestuen bygges om, og en anden tager dens plads.",
    "extend": "Flere kommuner har haft lukket i ferien.",
}
