"""Words that mean the same, words that mean the opposite, numbers and units by their names. Pure data.

In a line of `OPPOSITES` the words on one side of the stroke mean about the same, those on the other the opposite.
Regular forms need not be listed: words are looked up by their stems.
"""

from collections.abc import Mapping

OPPOSITES = (
    "rise rose risen increase grow grew grown growth climb jump gain surge soar expand"
    " / fall fell fallen decrease decline drop shrink shrank shrunk sink sank plunge slump tumble reduce reduction",
    "higher high highest / lower low lowest",
    "buy bought acquire acquisition purchase buyer / sell sold sale seller",
    "win won winner winning victory / lose lost loser losing",
    "accept approve approval allow permit permission let"
    " / reject refuse refusal ban block prohibit forbid forbade forbidden",
    "confirm admit acknowledge / deny denied denial dispute",
    "support favour favor endorse / oppose opposition opponent",
    "praise applaud / criticise criticize condemn",
    "open opened opening / close closed closing shut",
    "begin began begun start / end finish stop cease conclude",
    "join enter arrive arrival / leave left depart departure quit resign resignation",
    "hire appoint recruit / fire dismiss sack",
    "import / export",
    "lend lent lender / borrow borrower",
    "give gave given send sent / receive receipt get got",
    "early earlier earliest / late later latest",
    "new newer newest young younger youngest / old older oldest elder",
    "large larger largest big bigger biggest huge / small smaller smallest little tiny",
    "many / few",
    "more / less fewer",
    "most / least fewest",
    "good better best / bad worse worst",
    "strong stronger strongest / weak weaker weakest",
    "fast faster quick quicker quickly / slow slower slowly",
    "long longer longest / short shorter shortest",
    "rich richer wealthy / poor poorer",
    "safe safer / dangerous unsafe",
    "legal lawful / illegal unlawful",
    "public publicly / private privately",
    "domestic / foreign",
    "man men male boy husband father son brother king / woman women female girl wife mother daughter sister queen",
    "north northern / south southern",
    "east eastern / west western",
    "morning / evening",
    "day / night",
    "summer / winter",
    "hot hotter warm warmer / cold colder cool cooler",
    "success successful / failure unsuccessful",
    "profit profitable / loss unprofitable",
    "positive / negative",
    "true / false untrue",
    "guilty convict conviction / innocent acquit acquittal",
    "alive survive / dead die died killed",
    "attack / defend defence defense",
    "add / remove",
    "include / exclude",
    "maximum / minimum",
    "ancient / modern",
    "major / minor",
    "rural / urban",
    "inside / outside",
    "plaintiff / defendant",
    "majority / minority",
    "agree agreed agreement / disagree disagreement",
    "possible / impossible",
    "likely / unlikely",
    "next / last previous",
    "former / current",
    "always / seldom rarely",
    "internal / external",
    "simple easy / complex difficult hard",
    "heavy heavier / light lighter",
    "wide wider broad / narrow narrower",
    "deep deeper / shallow",
    "cheap cheaper / expensive costly",
    "common / rare",
    "active / inactive",
    "direct directly / indirect indirectly",
    "forward / backward",
    "employer / employee",
    "teacher / student pupil",
    "friend ally / enemy foe",
)

SAME = (
    "succeed succeeds succeeded succeeding",
    "say said says saying tell told state announce announcement declare report",
    "sue sued lawsuit suit",
    "pay paid payment cost price",
    "company companies firm business group corporation",
    "agreement deal accord pact",
    "launch release unveil introduce introduction",
    "fine penalty",
    "build built construct construction",
    "make made",
    "go goes went gone",
    "take took taken",
    "come came",
    "know knew known",
    "see saw seen",
    "become became",
    "write wrote written",
    "speak spoke spoken",
    "lead led leader",
    "hold held",
    "keep kept",
    "meet met",
    "run ran",
    "think thought",
    "show showed shown",
    "bring brought",
    "plan intend",
    "need require",
    "use uses used using usage user",
    "help assist aid",
    "film movie",
    "car automobile vehicle",
    "shop store",
    "person people",
    "child children",
    "country nation",
    "city town",
    "post position",
    "speech address",
    "choose chose chosen select",
    "break broke broken",
    "drive drove driven",
    "draw drew drawn",
    "eat ate eaten",
    "fly flew flown",
    "spend spent",
    "steal stole stolen",
    "strike struck",
    "teach taught",
    "wear wore worn",
    "work worker",
    "study research",
    "photo photograph picture",
    "attempt try",
    "reply respond answer",
    "demand ask",
    "shareholder investor",
)


def _each(groups: str) -> Mapping[str, str]:
    """Each word of some groups, which strokes divide, with the first word of its group."""
    return {word: group.split()[0] for group in groups.split("/") for word in group.split()}


def _numbered(words: str, first: int = 1, step: int = 1) -> Mapping[str, int]:
    return {word: first + n * step for n, word in enumerate(words.split())}


MARKS = _each(
    "time+ before prior / time- after following / since+ since / since- until / more+ exceeding / up+ up / up- down"
    " / way+ from / way- to into toward towards / side+ for / side- against / by / place in on at with / of"
    " / clause when where which who that as / why because due owing / if if whether unless"
    " / all all every each"
)
"""Small words by what they say of the word that follows them; + and - are opposites."""

COMPANIES = ("company", "firm", "group", "bank", "court", "agency")
"""What "the company" and the like stand for: the name that an article is about."""

HEDGES = _each(
    "deny refuse fail reject decline doubt dispute claim allege accuse suspect charge acquit prevent avoid stop block"
    " myth hoax rumour rumor speculate believe think fear suggest consider threaten unlikely ban forbid"
    " / plan hope want seek try attempt expect aim agree propose offer order ask urge demand likely promise vow need"
)
"""Words that leave open whether what they lead to is so; what those behind the stroke lead to may come."""

NEGATIONS = frozenset(
    _each(
        "not no never none nobody nothing nowhere without neither nor cannot hardly don't doesn't didn't isn't"
        " aren't wasn't weren't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't ain't mustn't needn't"
    )
)
PARTICIPLES = frozenset(
    _each(
        "bought sold made led held paid won built found sent taken given written seen known run shown brought chosen"
        " broken driven drawn beaten hit cut put set taught caught left lost met fed fought hurt kept spent struck"
        " told"
    )
)
"""Past participles, and forms of the past, that do not end with -ed."""

NUMBERS = {
    **_numbered("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 0),
    **_numbered("sixteen seventeen eighteen nineteen", 16),
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
}
SCALES = {
    "dozen": 12,
    "hundred": 10**2,
    **dict.fromkeys(("thousand", "k"), 10**3),
    "lakh": 10**5,
    **dict.fromkeys(("million", "mn", "m"), 10**6),
    "crore": 10**7,
    **dict.fromkeys(("billion", "bn", "b"), 10**9),
    **dict.fromkeys(("trillion", "tn"), 10**12),
}
ORDINALS = {
    **_numbered("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"),
    **_numbered("fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 14),
}
MONTHS = {
    **_numbered("january february march april may june july august september october november december"),
    **_numbered("jan feb mar apr may jun jul aug sep oct nov dec"),
    "sept": 9,
}
WEEKDAYS = _each(
    "monday mon / tuesday tue tues / wednesday wed / thursday thu thurs / friday fri / saturday sat / sunday sun"
)
UNITS = _each(
    "% percent percentage / $ us$ usd dollar dollars / € eur euro euros / £ gbp pound pounds / ¥ yen"
    " / ₹ rs rupee rupees / yuan cny renminbi rmb / franc francs chf / cent cents / second seconds"
    " / minute minutes min / hour hours hr hrs / day days / week weeks / month months / year years / decade decades"
    " / century centuries / metre metres meter meters m / kilometre kilometres kilometer kilometers km"
    " / centimetre centimetres centimeter centimeters cm / mile miles mi / foot feet ft / inch inches / yard yards"
    " / gram grams g / kilogram kilograms kg kilo kilos / ton tons tonne tonnes / ounce ounces / acre acres"
    " / hectare hectares / litre litres liter liters / gallon gallons / barrel barrels / degree degrees °"
    " / megabyte megabytes mb / gigabyte gigabytes gb / terabyte terabytes tb / watt watts / megawatt megawatts mw"
    " / gigawatt gigawatts gw"
)
