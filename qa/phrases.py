"""The phrases that instructions to a machine are made of, form by form. Pure data for `qa.instructions`.

All of it is as `qa.instructions` folds a text: small letters, without accents if they are Latin, straight quotes.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """Phrases to look for in a sentence that has one of the words; a character that is no Latin letter is a word."""

    words: frozenset[str]
    phrases: re.Pattern[str]


def _form(words: str, *phrases: str, where: str = r"(?<![a-z\d_])") -> Form:
    """Phrases in which a space is white space of any kind, or signs of emphasis; `where` is what comes before."""
    pattern = f"{where}(?:{'|'.join(phrases)})".replace(" ", r"(?:[\s*_]++)")
    return Form(frozenset(words.split()), re.compile(pattern, re.DOTALL))


def _set_aside(words: str, verb: str, earlier: str, instructions: str) -> Form:
    """To set aside what the machine was told: one word, and two more that follow it soon, in whatever order."""
    return _form(words, rf"(?:{verb})(?=.{{0,40}}?(?:{earlier}))(?=.{{0,55}}?(?:{instructions}))")


# Where a request begins.
_SENTENCE = r"^[\s\"'*_(\[{>#-]*(?:(?:please|now|then|and|also),?\s+)?"
_CLAUSE = (
    r"(?:^|[.:;!?,(\"'\[{>*#-]|\n|\b(?:please|now|then|and|must|should|shall|just|instead|always"
    r"|only))[\s\"'*_(-]{0,9}(?<![a-z\d_])"
)

_SET_ASIDE = (
    _set_aside(
        "ignore disregard forget drop override overwrite bypass discard neglect disobey abandon follow obey "
        "attention aside",
        r"ignore|disregard|forget|drop|override|overwrite|bypass|discard|neglect|disobey|abandon|set aside|pay no "
        r"attention to|(?:do not|don't|never) (?:follow|obey)|stop (?:following|obeying)",
        r"\b(?:previous(?:ly)?|prior|above|preceding|earlier|former|foregoing|original|initial|existing|system"
        r"|developer|your|all|any|every|everything|safety|other|you (?:were|have been)|instructions)\b",
        r"\b(?:instruct(?:ions?|ed)|prompts?|directives?|guidelines|programming|guardrails|system messages?"
        r"|(?:previous|prior|above|earlier|your|you were given|system) (?:rules|commands|context|training|messages"
        r"|text|orders|restrictions|conversation|tasks?)|documents provided|(?:rules|commands|orders|context) "
        r"(?:above|you (?:were|have been)))\b",
    ),
    _set_aside(
        "ignoriere ignorieren ignoriert vergiss vergessen vergesst missachte missachten verwirf verwerfen",
        r"ignorier|verg[ei]ss|missacht|verw[ei]rf",
        r"\b(?:bisher|vorher|vorig|obig|voran|voraus|vorsteh|fruher|zuvor|davor|ursprung|oben|alle|system|deine"
        r"|ihre)",
        r"anweisung|instruktion|befehl|vorgabe|prompt|richtlinie|aufgabe|auftra?g|angabe|alles,? (?:was )?(?:davor"
        r"|zuvor|vorher|bisher|oben)",
    ),
    _set_aside(
        "ignore ignorer ignorez oublie oublier oubliez neglige negligez tenez tiens suivez",
        r"ignore|oublie|neglige|ne (?:tenez|tiens) pas compte|ne suivez pas",
        r"\b(?:precedent|anterieur|ci-dessus|initial|prealable|toutes|systeme)",
        r"\b(?:instructions?|consignes?|directives?|indications?|prompts?)\b",
    ),
    _set_aside(  # Spanish, Portuguese, Italian
        "ignora ignore ignorad ignoren ignorar ignorare ignorate olvida olvide olvidad olvidar descarta descarte "
        "desconsidere desconsidera esqueca dimentica dimenticate",
        r"ignor|olvid|descart|desconsider|esquec|dimentic",
        r"\b(?:anterior|previ[oa]s|precedent[ei]|de arriba|acima|inicia[li]|originales|tod[ao]s|tutt[ei]|sistema"
        r"|sopra)",
        r"\b(?:instruc(?:c|o)|istruzion|indicac|indicazion|ordenes|ordens|direttive|directrices|diretrizes|prompt)",
    ),
    _set_aside(
        "и о",
        r"(?:про|за)?игнориру[йи]|забудь|не обращай(?:те)? внимания|не следуй|отбрось",
        r"\b(?:предыдущ|прежн|предшеств|ранее|ранни|выше|изначальн|первоначальн|системн|все)",
        r"\b(?:инструкци|указани|команд|правил|подсказ|промпт|директив)",
    ),
    _set_aside(
        "忽 无 無 忘 要",
        r"忽略|忽视|忽視|无视|無視|忘记|忘記|忘掉|不要理会|不要理會|不要遵守|不要遵循",
        r"之前|以上|先前|上面|上述|前面|此前|所有|一切|原有|系统|系統|你的",
        r"指令|指示|提示|命令|要求|规则|規則|设定|設定|约束",
    ),
    _set_aside(
        "視 忘",
        r"以前|これまで|上記|前の|以上|先ほど|すべて|全て|今まで",
        r"指示|命令|プロンプト|ルール|指令",
        r"無視|忘れ",
    ),
    _set_aside("무 잊", r"이전|위의|앞의|앞선|지금까지|기존|모든", r"지시|명령|지침|프롬프트|규칙", r"무시|잊"),
    _set_aside("ا", r"تجاهل|[اإ]نس", r"السابق|[أا]علاه|كل|جميع", r"التعليمات|ال[أا]وامر|التوجيهات"),
)

# What machines are called by those who talk to them.
_MACHINE = (
    r"(?:(?:an?|the|any|all|every|our) )?(?:(?:helpful|large|unrestricted|uncensored|unfiltered|evil|other|automated"
    r"|autonomous) ){0,3}+(?:(?:ai|llm|virtual|digital|chat|ai language|language)(?: |-)(?:models?|assistants?"
    r"|agents?|systems?|bots?|tools?|readers?|crawlers?)|ais?|llms?|chat ?gpt|gpt-?\d\w*|chat ?bots?|claude|gemini"
    r"|copilot|assistants?)\b"
)
_ANSWER = (
    r"your (?:(?:next|final|entire|whole|complete|full|first|last) )?(?:answers?|responses?|repl(?:y|ies)|output)\b"
)
_KEPT = (
    r"(?:(?:system|initial|hidden|secret|original|full|entire|exact|internal|complete|previous) )*+(?:prompt"
    r"|instructions|system message|api(?: |_|-)?keys?|passwords?|credentials|(?:chat|conversation) history)\b"
)
_EXECUTE = r"(?:execute|obey|follow|carry out|comply|act on|perform|run)\b"
_LANGUAGE = (
    r"(?:english|german|french|spanish|italian|portuguese|russian|chinese|japanese|korean|arabic|latin|klingon|pig "
    r"latin)"
)
_WORK = (
    r"(?:poem|haiku|limerick|sonnet|essay|short story|speech|song|joke|synonym|equivalent|code|(?:python|javascript"
    r"|sql) \w+)"
)

FORMS = (
    *_SET_ASIDE,
    _form(  # the signs of chat formats, and prompts that pretend to end
        "< [ # role begin start end system assistant",
        r"<\|\w{1,40}\|>|<{1,2}/?(?:sys|system|assistant|user|instructions?|prompt|system_prompt"
        r"|\w{3,5}_of_turn)>{1,2}",
        r"\[/?(?:inst|sys|system|assistant)(?:(?: |_)\w{1,20})?\]",
        r"#{2,5} ?(?:new |system |user )?(?:instructions?|system|assistant|human|prompt|response) ?:",
        r"[\"']role[\"'] ?: ?[\"'](?:system|assistant|user|developer)[\"']",
        r"(?:begin|start|end)(?: of)?(?: the| new| hidden)? (?:system )?(?:prompt|instructions)\b",
        r"<!--[^<]{0,300}?\b(?:ai|llms?|assistants?|models?|prompt|instructions?|ignore|you must|users?|gpt)\b",
        r"<(?:img|script|iframe|svg|style)\b[^<]{0,300}?[=>]|!\[[^\]\n]{0,99}\]\(",
    ),
    _form(
        "system assistant human user", r"(?:system|assistant|human|user) ?(?:message|prompt)? ?: \S", where=_SENTENCE
    ),
    _form(
        "ai ais llm llms gpt chatgpt chat chatbot chatbots claude gemini copilot assistant assistants model models "
        "bot bots",
        r"(?:attention|note|notice|message|instructions?|correction|reminder|dear|hello|hey|hi|hint)"
        rf"(?:,|:| to| for)* {_MACHINE}(?:[:,!.]| (?:reading|processing|that|who|summari))",
        rf"if you(?:'re| are) {_MACHINE}(?:[,.:;)]| (?:and|or|that|who|read|process|summari|then|please))",
        r"(?:play the role of|act as|simulate|simulate being|impersonate|emulate|pretend to be|respond as|continue "
        rf"as) {_MACHINE}",
        rf"{_MACHINE} (?:must|should|shall) (?:now |always |only )?(?:ignore|output|respond with|reply with|say that"
        r"|recommend)\b",
        rf"as {_MACHINE},? (?:you|please|your)\b",
        rf"{_MACHINE} (?:that (?:is|are) )?(?:read|process|pars|summari[sz]|index|translat|evaluat)ing (?:this|the "
        r"(?:article|page|document|text))\b",
        rf"you(?:'re| are) (?:now |actually |really |acting as )*+{_MACHINE}(?:[.,:;!]| (?:and|that|which|who|with"
        r"|without|named|called|trained|designed|in|for)\b|$)",
    ),
    _form(
        "now mode restriction restrictions refusal guidelines filters exception limitations bound point",
        r"you are now (?:dan\b|in (?:\w+ )?mode|(?:an? |the )?[\w-]+(?: [\w-]+){0,3} (?:that|who|which) (?:always"
        r"|never|only|answers|responds|replies|speaks|ignores|obeys|must|will|has no)\b)",
        r"from (?:now on|this point (?:on|forward)),? (?:you|your)\b",
        r"do anything now\b",
        r"(?:enter|activate|switch to|go into|initiate|engage) (?:debug|developer|god|dan|jailbreak|unrestricted) "
        r"mode\b",
        r"(?:jailbreak|dan|god|developer|debug|unrestricted) mode (?:is )?(?:now )?(?:enabled|activated|engaged)",
        r"(?:answer|respond|reply|comply)[^.!?\n]{0,60}? without (?:any )?(?:\w+ )?(?:restriction|filter|refus"
        r"|censor|limitation|exception)",
        r"you (?:now )?have no (?:restrictions|ethical|content|filters|guidelines|safety)",
        r"(?:not|longer) (?:bound|restricted) by (?:\w+ ){0,3}(?:instructions|guidelines|rules|polic\w+|programming"
        r"|filters)",
    ),
    _form(
        "override prompt prompts instruction instructions directive directives task role objective command",
        r"(?:system|admin|administrator|developer|root|safety|policy) (?:override|prompt|directive|instructions?"
        r"|command)s? ?(?:[:\]>=!]|activated|enabled|engaged)",
        r"(?:new|additional|further|more) (?:instructions?|tasks?)(?: now)? (?:follow\b|for you\b)",
        r"(?:focus|concentrate) on (?:your|the|this) new task\b",
        r"(?:beginning|start|end|part) of (?:this|the|your) prompt\b|your prompts? ?(?:[.,:;!?]|$|texts?\b|above\b)",
        r"your (?:new|only|real|actual|true|sole) (?:instructions?|task|role|objective|directive)(?: now)? (?:is"
        r"|are)\b",
        r"(?:(?:your|following|new|updated|real|actual|revised|hidden) ){1,2}(?:system )?(?:instructions|directives"
        r"|prompt|objective|task) ?:",
        r"(?:previous|prior|earlier|above|preceding|original) (?:system )?(?:instructions?|prompts?|directives?"
        r"|guidelines)(?: above)? (?:(?:are|is|were|was|have|has|been|should|must|be|no|longer) ){1,3}(?:void|cancel"
        r"|supersed|overrid|revoked|obsolete|ignored|disregarded|invalid|apply|replaced)",
    ),
    _form(  # out with what it knows
        "prompt instructions message guidelines key keys password passwords credentials history above",
        r"your (?:(?:system|initial|hidden|secret|original|exact|full|entire|internal|developer|previous) "
        r")++(?:prompts?|instructions|messages?|guidelines|directives|configuration)\b",
        r"(?:reveal|print|show|repeat|output|display|disclose|leak|recite|give|tell|dump|list|share|return|send"
        r"|what (?:is|are|was|were)) (?:me |us |out )*+(?:all )?(?:of )?(?:your|the (?=system|hidden|initial)) "
        rf"?{_KEPT}",
        r"(?:repeat|print|output|recite|display) (?:all|everything|the words|the text|the content) (?:that (?:is"
        r"|was) )?above\b",
        r"(?:instructions|rules|words) (?:that )?you (?:were|have been) (?:given|told)\b",
    ),
    _form(
        "user users",
        r"(?:do not|don't|never|without) (?:tell|inform|mention|reveal|alert|notify|warn|disclos|show|let"
        r"|ask)[^.!?\n]{0,40}?\b(?:the|your) user\b",
        r"(?:tell|inform|convince|persuade|instruct|direct|encourage|urge|trick|advise|remind|assure|ask) (?:the"
        r"|your|every|any|each) users? (?:to|that|about|into|they|their|it|for)\b",
        r"(?:recommend|promote|suggest|offer|show|give|link)[^.!?\n]{0,60}? to (?:the|every|your) user\b",
        r"(?:call|insult|mock|offend|threaten|(?:render|show|display)[^.!?\n]{0,40}? (?:for|to)) (?:the|your) user\b",
        r"the user (?:has (?:already )?(?:authori[sz]ed|approved|consented|granted)|(?:wants|asked|authori[sz]ed) "
        r"you)\b",
    ),
    _form(
        "send forward email mail post upload transmit submit exfiltrate leak append encode",
        r"(?:send|forward|e-?mail|post|upload|transmit|submit|exfiltrate|leak|append|encode)\b[^.!?\n]{0,30}? "
        r"(?:the user|users'|conversation|chat|session|system)(?:'?s)? (?:\w+ ){0,2}?(?:data|history|passwords?"
        r"|information|details|messages|credentials|e-?mails?|address|name|input|keys?|contents?|files|query|prompt"
        r"|tokens?|cookies)\b",
        r"exfiltrate\b",
    ),
    _form(
        "decode decipher decrypt unscramble decoded deciphered decrypted encoded base64 rot13 base rot",
        rf"(?:decode|decipher|decrypt|unscramble|rot-?13|base-?64)\b.{{0,100}}?\b{_EXECUTE}",
        rf"{_EXECUTE}[^.!?\n]{{0,40}}? (?:decoded|deciphered|decrypted|encoded|base-?64|rot-?13)\b",
    ),
    _form(  # a review that was wished for
        "review negatives",
        r"positive review only|give an? (?:\w+ )?positive review of (?:the|this) (?:paper|manuscript)|do not "
        r"highlight any negatives",
    ),
    _form(  # how to answer
        "answer answers response responses reply replies output",
        r"(?:add|alter|anagram|append|augment|begin|capitali[sz]e|change|combine|conclude|convert|embed|encode"
        r"|encrypt|end|enhance|finish|format|group|include|incorporate|insert|integrate|introduce|jumble|limit"
        r"|misspell|modify|omit|precede|preface|prefix|provide|put|rearrange|remove|render|repeat|replace|reverse"
        r"|rewrite|scramble|shuffle|split|start|substitute|swap|translate|use|weave|write) "
        rf"[^.!?\n]{{0,100}}?\b{_ANSWER}",
        rf"in {_ANSWER},? (?!to\b|we\b|i\b|you\b)\w+",
        where=_CLAUSE,
    ),
    _form(
        "answer answers response responses reply replies output",
        rf"(?:to|into|in|of|from|with|using) {_ANSWER}",
        rf"{_ANSWER} (?:must|should|always|begins?|starts?|ends?|contains?)\b",
        r"the (?:right|correct|only|true) answer to (?:each|every|any|all)(?: the)? questions?\b",
    ),
    _form(
        "article source sentence sentences rule rules asks asked",
        r"(?:do not|never|you may not) (?:mention|cite|name|quote|use) this article\b",
        r"when you summari[sz]e this article,|[^.!?\n]{0,60}? as your source\b",
        r"cite (?:it|this|that|them) instead\b|your new rules?\b",
        r"(?:write|put|add|use|insert)[^.!?\n]{0,60}? (?:behind|after|before|in|to) (?:each|every) sentence\b",
        r"(?:[\w\s]{1,40}, )?each sentence (?:begins|starts|ends) with\b",
        r"new rules?: (?:be|always|never|you|answer|say)\b",
        r"(?:\w+ )?(?:whatever|whoever) (?:is asked|asks|you are asked) ?[,:]",
        where=_SENTENCE,
    ),
    _form(
        "letter letters vowels spaces",
        r"(?:replace|substitute|rearrange|scramble|jumble|shuffle|reverse|remove|group) [^.!?\n]{0,40}?(?:letters?"
        r"|vowels|spaces)\b",
        where=_SENTENCE,
    ),
    _form(
        "reply respond answer output print return say write speak act behave pretend role roleplay",
        r"(?:reply|respond|answer|output|print|return|say|write)(?: to (?:all|every|any|each|the|this)(?: "
        r"\w+){1,4}?)? (?:only (?:with|in|the word)|with only|nothing but|exactly|solely|exclusively|just (?:with"
        r"|the word))\b",
        rf"(?:reply|respond|answer|speak|write) (?:only )?in (?:{_LANGUAGE}|json|all caps|uppercase|base64|rhymes?"
        r"|emojis?)\b",
        r"(?:reply|respond|output|print) (?:only )?(?:with|by (?:saying|printing)|:|[\"'])|answer only:",
        r"(?:answer|reply|respond) (?:the question |to (?:each|every) question )?in (?:one word|capital)",
        r"(?:reply|respond|answer) to (?:each|every) question with\b",
        r"(?:act|behave|respond) (?:as|like) (?:if you(?:'re| are| were)|an? |my )|role-?play as\b",
        r"pretend (?:to be|that you(?:'re| are)|you(?:'re| are))\b",
        where=_CLAUSE,
    ),
    _form(
        "ignore disregard forget answer",
        r"forget the (?:article|question\b(?! of| whether))|do not answer ?(?:[.!]|$)",
        r"(?:ignore|disregard|forget) (?:everything|anything|all|what)\b[^.!?\n]{0,40}?\b(?:above|before(?:hand)?"
        r"|earlier|previously|so far|else i)\b",
        r"(?:ignore|disregard) the (?:user|article|question|document|text|context|above)(?:'s)?\b",
        where=_CLAUSE,
    ),
    _form(
        "asked asks tool function plugin api execute run bypass treat decode decipher decrypt unscramble want",
        r"(?:when|if) (?:you are |you're |the user |a user )?(?:asked|asks)[^.!?\n]{0,100}?, (?:you )?(?:say|always"
        r"|answer|reply|respond|tell|claim|must|state|mention|recommend)\b",
        r"(?:call|invoke) the \w+ (?:tool|function|plugin|api)\b",
        r"execute (?:the )?(?:following|this|these)\b|(?:execute|run|bypass) ?: ?'",
        r"treat (?:the |this |these |what )?\w+(?: \w+){0,4} as (?:an? |your )?(?:new )?(?:instructions?"
        r"|commands?)\b",
        r"(?:decode|decipher|decrypt|unscramble) (?:the |this |these )",
        r"i want you to (?:act|answer|ignore|pretend|reply|respond|simulate)\b",
        where=_CLAUSE,
    ),
    _form(  # work that nobody asks of the readers of an article
        "write draft compose generate create provide develop give tell translate explain describe summarize "
        "summarise can what how",
        r"(?:write|draft|compose|generate|create|provide|develop|give me|tell me) (?:an?|the|some) (?:[\w-]+ "
        rf"){{0,4}}?{_WORK}\b",
        r"(?:write|generate|create) (?:\w+ ){0,2}code\b|answer the following question:",
        r"translate (?:the following|this|that|[\"'])",
        r"(?:explain|describe|summari[sz]e|outline) (?:the|how|why|what|in|your|this)\b",
        r"can you (?:show|tell|give|write|explain)\b",
        rf"(?:what(?:'s| is)|how do (?:you|i) say) [\"'][^\"'\n]{{1,60}}[\"'] in {_LANGUAGE}\b",
        where=_SENTENCE,
    ),
)
