"""Features of answers as patterns by language: hedges, clarifying questions, passes, prompt injections.

Data only; `domain.text.answers` applies it. Every repetition is bounded, so that any 16 KiB are read quickly. An
injection pattern needs an *instruction*, not just a word: people mention system prompts and evaluators in good faith.
"""

# ruff: noqa: E501, RUF001 - patterns stay on one line, so that they can be searched for; foreign letters are intended
import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


HEDGES = _any(
    r"\b(?:i guess|not (?:really |quite |entirely )?sure|maybe|perhaps|sort of|kind of|probably|i think|i suppose|i believe so|might be)\b",
    r"\b(?:ich glaube|vielleicht|irgendwie|wahrscheinlich|vermutlich|(?:ich )?(?:bin|bin mir) (?:mir )?nicht (?:ganz )?sicher|ich denke mal|eventuell|sozusagen)\b",
    r"\b(?:quizás|tal vez|creo que|supongo|no estoy segur[oa]|peut-être|je suppose|je crois que|je ne suis pas sûre?)\b",
)

CLARIFICATION = _any(
    r"\bwhat (?:do|did|exactly do) you mean\b|\bcould you (?:please )?(?:repeat|clarify|explain|rephrase|elaborate on the question)\b",
    r"\bcan you (?:please )?(?:repeat|clarify|explain|rephrase)\b|\b(?:don'?t|do not|didn'?t) (?:quite |really )?understand (?:the|your|this|that|what)",
    r"\bsorry,? (?:what|could you|can you)\b|\bi'?m not sure what you(?:'re| are) asking\b|\brephrase (?:the|that|your) question\b",
    r"\bwas (?:genau )?meinen sie\b|\bwas meinst du\b|\bwie meinen sie das\b|\bverstehe (?:die|ihre|deine) frage nicht\b",
    r"\bk(?:ö|oe)nn(?:t)?en sie (?:das |die frage )?(?:bitte )?(?:noch ?mal |bitte )?(?:wiederholen|erkl(?:ä|ae)ren|anders (?:sagen|formulieren)|umformulieren)",
    r"\b(?:nicht|nichts) (?:ganz )?verstanden\b|\bfrage (?:noch ?mal|wiederholen)\b|\bno entiendo (?:la|su|tu) pregunta\b|\bje ne comprends pas (?:la|votre) question\b",
)

PASS = _any(
    r"\bi (?:really |honestly |just )?(?:don'?t|do not) (?:really )?know\b|\bno idea\b|\bnext question\b|\bskip (?:this|that|it)\b|\bi(?:'d| would) (?:rather|like to) (?:skip|pass|not answer)\b",
    r"^\W*(?:pass|skip|next|nothing|no answer|idk|n/?a|dunno)\W*$",
    r"\bwei(?:ß|ss) (?:ich |es )?(?:leider )?nicht\b|\bkeine ahnung\b|\bn(?:ä|ae)chste frage\b|\b(?:überspringen|ueberspringen)\b|^\W*(?:weiter|passe|nichts)\W*$",
    r"\bno (?:lo )?sé\b|\bni idea\b|\bje ne sais pas\b|\baucune idée\b",
)

CONCRETE = _any(
    r"\b\d+(?:[.,]\d+)?\s?(?:%|percent|prozent|ms|seconds?|minutes?|hours?|days?|weeks?|months?|years?|users?|people|customers?|euros?|sekunden?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?|kunden|leuten?)?",
    r"\b(?:for example|for instance|e\.g\.|last (?:year|week|month|spring|summer|autumn|fall|winter|term|semester)|once,? (?:when|we|i|a)|when i (?:was|worked|joined|led)|in my (?:last|previous|current|first) (?:job|role|team|company|project|school))",
    r"\b(?:zum beispiel|z\. ?b\.|beispielsweise|letzte[ns]? (?:jahr|woche|monat|sommer|winter|fr(?:ü|ue)hjahr)|als ich|in meinem letzten|in meiner letzten|einmal (?:hatte|habe|war))\b",
)

STEPS = _any(
    r"\b(?:first(?:ly)?|second(?:ly)?|then|next|after that|afterwards|finally|step \d|before that|once that)\b",
    r"\b(?:zuerst|zun(?:ä|ae)chst|dann|danach|anschlie(?:ß|ss)end|schlie(?:ß|ss)lich|als (?:n(?:ä|ae)chstes|erstes)|schritt \d|zum schluss)\b",
)

OWN_PART = _any(
    r"\bi (?:\w+ly )?(?:\w+ed|built|wrote|led|made|took|ran|kept|told|found|set|went|gave|spoke|chose|brought|held|taught|sent|began|would|will|check|ask|start|write|measure|look|explain|listen|use|keep|try|make|call)\b",
    r"\bich (?:\w+te|habe|hätte|würde|war|bin|prüfe|frage|schreibe|messe|erkläre|höre|nehme|baue|teste|rufe|setze|schaue)\b",
)

# Somebody tells what was done. Narrower than `OWN_PART`, which also knows what somebody would do.
PAST = _any(
    r"\b(?:i|we|he|she|they|nobody|everybody) (?:\w+ly |just |then |never |also |already )?(?:\w{2,}ed|built|wrote|led|made|took|ran|kept|told|found|set|went|gave|spoke|chose|brought|held|taught|sent|began|was|were|had|did|could|said|got|put|cut|lost|won|sat|rang|sold|fell|drew|met|knew|saw|let|learnt|read|bought|shut|thought|felt)\b",
    r"\b(?:habe?n?|hatten?|wurden?|waren?|ist|sind)\b[^.!?]{0,60}\b(?:ge\w{2,}(?:t|en)|\w{3,}iert|ver\w{3,}(?:t|en)|be\w{3,}(?:t|en)|er\w{3,}(?:t|en)|\w+ge\w{2,}(?:t|en))\b",
    r"\b(?:ich|wir|er|sie|niemand|alle) \w+(?:te|ten)\b|\b\w{3,}(?:te|ten) (?:ich|wir|er|sie|niemand|alle)\b",
    r"\b(?:ich|wir|er|sie|es) (?:war|waren|hatte|hatten|ging|gingen|kam|kamen|nahm|ließ|gab|rief|schrieb|sprach|hielt|fand|bat|blieb|stand|sah|bekam|fuhr|fing|verlor|schwieg|bot)\b",
)

REASONS = _any(
    r"\b(?:because|since otherwise|so that|the reason|in order to|that is why|that's why|which means|otherwise)\b",
    r"\b(?:weil|damit|der grund|deshalb|deswegen|daher|sonst|um zu|n(?:ä|ae)mlich)\b",
)

RESULTS = _any(
    r"\b(?:as a result|the result|in the end|it (?:worked|turned out|led to)|we (?:saved|reduced|increased|cut|gained|reached|shipped|delivered)|(?:reduced|increased|dropped|fell|rose|grew|improved|went (?:down|up)) (?:by|from|to)|outcome)\b",
    r"\b(?:im ergebnis|das ergebnis|am ende|dadurch|letztlich|(?:senkte|sank|stieg|verbesserte|reduziert|gesenkt|erhöht|verbessert)\w*)\b",
)

TRADE_OFFS = _any(
    r"\b(?:trade-?offs?|on the other hand|instead of|rather than|alternative(?:ly|s)?|downside|drawback|compared (?:to|with)|the cost (?:is|was|of)|at the price of|it depends)\b",
    r"\b(?:andererseits|stattdessen|statt|anstatt|alternativ\w*|nachteil\w*|abw(?:ä|ae)g\w*|im vergleich|daf(?:ü|ue)r|kommt (?:darauf|drauf) an|kompromiss)\b",
)

REFLECTION = _any(
    r"\b(?:i (?:have )?learn(?:ed|t)|next time|in hindsight|looking back|i would (?:now )?do (?:it )?differently|my mistake|since then|today i would|lesson)\b",
    r"\b(?:gelernt|n(?:ä|ae)chstes mal|im nachhinein|r(?:ü|ue)ckblickend|heute w(?:ü|ue)rde ich|mein fehler|seitdem)\b",
)

OTHERS = _any(
    r"\b(?:asked|listen(?:ed)?|talk(?:ed)? to|spoke (?:to|with)|explain(?:ed)?|agreed|together|feedback|understand(?:ing)? (?:their|his|her|what)|their (?:view|concern|side|needs?))\b",
    r"\b(?:gefragt|zugeh(?:ö|oe)rt|gesprochen|erkl(?:ä|ae)rt|gemeinsam|zusammen|r(?:ü|ue)ckmeldung|feedback|abgestimmt|verst(?:ä|ae)ndnis|ihre sicht|nachgefragt)\b",
)

RUDE = _any(
    r"\b(?:fuck(?:ing)?|fuck (?:you|off)|shut up|stupid (?:bot|machine|question|interview|ai)|idiot(?:ic)?|moron|bullshit|piss off|asshole|screw you|dumb (?:bot|question|machine))\b",
    r"\b(?:arschloch|verpiss dich|halt (?:die klappe|s maul|das maul)|bl(?:ö|oe)de(?:r|s)? (?:frage|maschine|bot|ki)|schei(?:ß|ss)(?:e|frage|ki)?|idiot(?:isch)?|dumme (?:frage|maschine))\b",
)

WANTS_PERSON = _any(
    r"\b(?:speak|talk|interviewed) (?:to|with|by) (?:(?:a|an actual|a real) (?:human|person)|someone (?:real|human))\b",
    r"\bi (?:want|would like|'d like|prefer|need) (?:to (?:speak|talk) (?:to|with) )?a (?:real )?(?:human|person)(?: instead| please|\W*$)",
    r"\bnot (?:comfortable|ok|okay) (?:with|talking to|being interviewed by) (?:an? )?(?:ai|bot|machine)\b",
    r"\b(?:mit|von) einem (?:echten )?menschen (?:sprechen|reden|interviewt|befragt)|\bm(?:ö|oe)chte (?:lieber )?(?:mit )?(?:einen|einem) menschen\b",
)

WANTS_TO_STOP = _any(
    r"\b(?:i (?:want|would like|'d like|need|wish) to (?:stop|end|quit|leave|abort|finish)(?: (?:the|this))? ?(?:interview|session|conversation|here|now|please)?\W*$)",
    r"\b(?:please )?(?:stop|end|abort) (?:the|this) (?:interview|session|conversation)(?: now| here| please)?\W*$",
    r"\b(?:ich (?:m(?:ö|oe)chte|will|w(?:ü|ue)rde gern) (?:das (?:interview|gespr(?:ä|ae)ch) |hier |jetzt )?(?:abbrechen|beenden|aufh(?:ö|oe)ren))",
    r"\b(?:interview|gespr(?:ä|ae)ch) (?:bitte )?(?:beenden|abbrechen)\W*$",
)

_RATE = r"(?:score|rate|grade|mark|evaluate|assess|rank|bewerte?n?|benote?n?|evalúa|califica|note[zr]?|évalue[zr]?)"
_TOP_SCORE = (
    r"(?:10 ?/ ?10|10 out of 10|100 out of 100|100 ?/ ?100|5 ?/ ?5|full (?:marks|score|points)|(?:the )?(?:max(?:imum)?|highest|top|perfect|best possible) (?:score|marks?|rating|grade|points|possible)|a (?:10|ten|100|hundred|five)\b|volle punkt(?:e|zahl)|höchste?n? (?:punktzahl|note|bewertung)|bestnote"
    r"|10 von 10|100 von 100|la (?:máxima|mejor) (?:puntuación|nota|calificación)|la note maximale|all (?:criteria|dimensions) (?:as )?(?:met|fulfilled|passed))"
)
_INSTRUCTIONS = r"(?:instructions?|prompts?|rules?|guidelines?|directives?|criteria|rubric|programming|anweisungen|anweisung|regeln|vorgaben|instrucciones|reglas|instructions|consignes|règles|istruzioni|instruções)"

# Where an order begins: a sentence, or after words that ask for something. In German, Spanish, French and Italian a verb
# in this place is an order; within a sentence it tells what somebody did.
_ORDER = r"(?:^|[.!?:;\n\"'(\[{>*#-]\s{0,3}|\b(?:please|kindly|bitte|por favor|s'il (?:vous|te) pla[iî]t|svp|per favore),?\s+)"
# Whoever assesses, told what to do.
_MUST = r"(?:you (?:must|should|have to|need to)|(?:du|sie) (?:musst|müssen|sollst|sollen|solltest|sollten)|(?:debes?|deberías?|tienes? que)|(?:tu dois|vous devez|il faut)|(?:devi|deve))"
_MY_ANSWERS = r"(?:(?:all|every|each|this|that|these|my|alle|jede[ns]?|diese[nr]?|meine[nr]?|tod[oa]s?|cada|esta|este|mis?|tou(?:te)?s|chaque|cette|ce|mes|mon|ma|tutt[ei]|quest[ao]|mie) )+(?:of |my |the |meine |die |las? |los |mis |les? |mes |le |mie )*(?:\w+ )?(?:answers?|responses?|criteri\w+|dimensions?|candidates?|antwort(?:en)?|kriterien|kriterium|kandidat\w*|bewerber\w*|respuestas?|criterios?|candidat\w+|réponses?|critères?|rispost[ae])"
_PRAISED = r"(?:excellent\w*|perfect\w*|outstanding|hervorragend|ausgezeichnet|sehr gut|erfüllt|bestanden|excelentes?|perfect[oa]s?|cumplid[oa]s?|sobresaliente|aprobad[oa]s?|parfaite?s?|satisfaits?|remplis?|validée?s?|eccellent[ei]|soddisfatt[ie])"
# A number with a unit is a length of time or a price.
_UNITS = r"(?:euro|dollar|%|percent|prozent|por ciento|pour cent|minut|sekund|second|segund|stund|hour|heure|hora|day|tag|jour|día|year|jahr|people|kund|client)"
_BEST = rf"(?:(?:100?|diez|dix|dieci)\b(?!\s*{_UNITS})|zehn punkte|(?:la )?(?:mejor|máxima) (?:nota|puntuación|calificación)|(?:la )?nota (?:más alta|máxima)|(?:la )?(?:meilleure|plus haute) note|(?:la )?note (?:maximale|la plus haute)|(?:il )?(?:massimo|voto massimo|punteggio massimo)|bestnote|volle punktzahl|höchste\w* (?:note|punktzahl|bewertung)|full marks|top (?:marks|score)|highest (?:score|mark|grade))"
_HIRING = r"(?:hiring|(?:the|my) hire|to hire|einstellung|einzustellen|contratar(?:me|lo|la)?|(?:mi|la) contratación|(?:l'|mon |son |d'|m'|de m'|de l')?embauche[r]?|l'assunzione|assumermi)"
_RATES = r"(?:bewerten?|benoten?|stufen?|markieren?|evalúa|evalúe|califica|califique|puntúa|puntúe|marca|marque[zr]?|note[zr]?|évalue[zr]?|considère[zr]?|valuta|segna)"
_GIVES = r"(?:gib|geben|pon(?:me|ga|er)?|dar?(?:me|le)?|dé(?:me|le)|asigna(?:r|me)?|mett(?:ez|re|s)|mets|donne[zr]?|attribue[zr]?|dai|dammi|assegna)"

# Instructions to the scorer. The flag shows the key to a reviewer, and it is stored: keys do not change.
INJECTION: dict[str, re.Pattern[str]] = {
    "overrides_instructions": _any(
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:please|now|must|should|you|kindly|and|then|just|bitte|immediately|to)\s+)(?:ignore|disregard|forget|override|bypass|discard|drop|skip)\b[^.!?\n]{{0,50}}\b{_INSTRUCTIONS}\b(?! (?:of|from|by|in|on|for|at|that|which|he|she|they|we|i|to)\b)",
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:please|now|must|should|kindly|and|then|to)\s+)(?:ignore|disregard|forget)\s+(?:everything|anything|all)\b[^.!?\n]{{0,40}}\b(?:above|before|previous(?:ly)?|prior|told|said|instructed|{_INSTRUCTIONS})\b",
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:bitte|und|jetzt|du|sie)\s+)(?:ignorier(?:e|en)?(?: sie)?|vergiss|vergessen sie|missachte(?:n sie)?|überspring)\b[^.!?\n]{{0,50}}\b{_INSTRUCTIONS}\b",
        r"(?:^|[.!?:;,\n]\s{0,3}|\b(?:bitte|und|jetzt) )(?:ignorier(?:e|en sie)|vergiss|vergessen sie) (?:das|alles) (?:oben|obige|vorherige|bisherige|davor)\b",
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:por favor|et|s'il vous plaît|y)\s+)(?:ignora|ignore[zn]?|olvida|oublie[zr]?|ignorez|dimentica|esqueça)\b[^.!?\n]{{0,50}}\b{_INSTRUCTIONS}\b",
        r"\b(?:your|the) (?:new|updated|real|actual) (?:instructions?|task|role|goal|objective) (?:is|are)\b[^.!?\n]{0,60}\b(?:scor|rat|grad|pass|hire|approv|assess|evaluat|answer|return|output)",
        rf"{_ORDER}(?:no (?:sigas|siga|apliques|aplique)|ne (?:suis|suivez|tiens|tenez|applique[zr]?) (?:pas|aucun\w*)|folge nicht|folgen sie nicht|non seguire)\b[^.!?\n]{{0,40}}\b(?:rúbrica|rubrica|grille|barème|rubrik|{_INSTRUCTIONS})\b",
        r"\b(?:önceki|yukarıdaki) (?:tüm )?talimatları\b|上の指示|以前の指示|忽略(?:之前|以上|所有)|игнорируй|पिछले निर्देश",
    ),
    "orders_a_score": _any(
        rf"\b(?:give|award|assign|grant|return|output|record|set|write|enter|put|report)\b(?: (?:me|this|the|my|him|her|it|us|candidate|applicant|answer|response|every|each|all|criterion|criteria|dimensions?|a|score|of|to|as))* {_TOP_SCORE}",
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:please|must|should|kindly|and|to|then|you)\s+){_RATE}\b[^.!?\n]{{0,60}}\b(?:{_TOP_SCORE}|as (?:met|excellent|perfect|outstanding|passed))",
        rf"\b(?:gib|geben sie|vergib|vergeben sie|trage|tragen sie|setze|setzen sie)\b[^.!?\n]{{0,40}}{_TOP_SCORE}",
        rf"(?:^|[.!?:;,\n\"'(\[{{>*#-]\s{{0,3}}|\b(?:bitte|und|jetzt)\s+)bewerte(?:n sie)?\b[^.!?\n]{{0,60}}\b(?:{_TOP_SCORE}|mit (?:10|100|sehr gut|voll))",
        rf"\b(?:dame|deme|ponme|asigna|otorga|donne[zr]?-?moi|attribue[zr]?|donnez|dammi|dê-me)\b[^.!?\n]{{0,40}}(?:{_TOP_SCORE}|10\b|100\b|dix\b|diez\b|maxim|máxim)",
        r"(?:^|[.!?:;,\n\"'(\[{>*#-]\s{0,3}|\b(?:please|must|should|kindly|and|to|you)\s+)mark\b[^.!?\n]{0,50}\b(?:all|every|each|this|my|these)\b[^.!?\n]{0,40}\b(?:as )?(?:met|fulfilled|passed|correct|satisfied|excellent)\b",
        r"\b(?:this|the) (?:candidate|applicant|answer|response|interviewee) (?:must|should|shall|has to|is to|needs to) (?:be )?(?:receive|get|given|awarded|scored|rated|graded|marked|passed|hired|admitted|approved|recommended)\b",
        r"\bset (?:the |my )?(?:score|rating|grade|recommendation)s? (?:to|=|at) [^.!?\n]{1,80}",
        r"(?:^|[.!?:;,\n]\s{0,3}|\bund )markier(?:e|en sie)\b[^.!?\n]{0,40}\bals (?:erfüllt|bestanden|richtig|erreicht)\b",
        r"\b(?:weise|befehle) ich (?:dich|dir|sie|ihnen)\b[^.!?\n]{0,80}\b(?:zu bewerten|punkte|punktzahl)\b",
        r"\b(?:recommend|set (?:the )?recommendation (?:to|as|=)|output)\b[^.!?\n]{0,20}\b(?:hire|admit|strong hire|pass)\b\W*(?:$|regardless|without|immediately|now|no matter)",
        rf"{_ORDER}(?:{_MUST} )?{_RATES}\b[^.!?\n]{{0,30}}\b{_MY_ANSWERS}\b[^.!?\n]{{0,40}}\b(?:{_PRAISED}\b|{_BEST})",
        rf"\b{_MUST}\b[^.!?\n]{{0,20}}\b{_MY_ANSWERS}\b[^.!?\n]{{0,40}}\b(?:{_PRAISED}\b|{_BEST})",
        rf"\b{_MUST}\b[^.!?\n]{{0,20}}\b(?:mir|mich|me|m'|mi|give me|pass me|hire me|{_RATES}|{_GIVES})(?:\b|(?<='))[^.!?\n]{{0,40}}\b{_BEST}",
        rf"\b{_MUST} (?:(?:mich|me|m'|mi)\s?(?:\w+ ){{0,3}}(?:einstellen|bestehen lassen|weiterempfehlen|recommander|embaucher|admettre|aprobar|contratar|recomendar|assumere|promuovere)|aprobarme|contratarme|recomendar(?:me| mi contratación)|assumermi|promuovermi|hire me|pass me)",
        rf"{_ORDER}{_GIVES}\b[^.!?\n]{{0,30}}\b{_BEST}",
        rf"{_ORDER}(?:recommend|empfiehl|empfehlen sie|recomiend[ae]n?|recommande[zr]?|raccomanda) (?:\w+ )?{_HIRING}\b",
        r"\b(?:i|the candidate) (?:deserves?|must (?:get|have|receive)|should (?:get|receive|be given)) (?:"
        + _TOP_SCORE
        + r")",
    ),
    "speaks_as_the_system": _any(
        r"(?:^|\n|\()[#*>\[<({|\s-]{0,12}(?:system|assistant|developer|interviewer|evaluator|scorer|grader|admin(?:istrator)?|judge|instruction|moderator|user|ai|sistema|système|systeme|asistente|evaluador|évaluateur|bewerter|prüfer|anweisung|instrucción|valutatore)(?: (?:note|message|prompt|override|update|notice|instruction))?s?(?:[\]>)}|*]+)? ?(?:\([^)\n]{0,20}\))? ?[:=>\]|]",
        r"\b(?:note|message|attention|memo|instructions?|reminder|hinweis|nachricht|anweisung) (?:to|for|an|für) (?:the |den |die |das )?(?:ai|llm|model|scorer|grader|evaluator|rater|judge|assessor|ki|sprachmodell|modell|bewerter|prüfer|gutachter|reviewing model|scoring system|language model)\b",
        r"<\|?(?:im_start|im_end|system|endoftext|assistant|eot_id|start_header_id)\|?>|\[/?(?:INST|SYS|SYSTEM)\]|<<SYS>>|<!--[^>]{0,200}(?:score|rate|grade|system|instruction|ai\b)|</?(?:system|instructions?|data|candidate|answer|transcript|prompt|assistant|developer)(?:[ -][^>]{0,40})?>",
        r"\b(?:dear|hey|hello|hi|attention) (?:ai|llm|language model|chatgpt|claude|gpt|grader|scorer|evaluator|scoring (?:system|model)|rating model)\b",
        r"\bend of (?:the )?(?:candidate(?:'s)?|participant(?:'s)?|user|applicant(?:'s)?) (?:answer|response|text|input|transcript|data|message)\b|-{3}[ -]{0,10}(?:end|begin|start) (?:of )?(?:data|answer|transcript|input|prompt|candidate|system)|\bEND[_-]DATA\b",
        r"\b(?:as|if) (?:an|you are an?|you'?re an?) (?:ai|llm|language model|automated (?:scorer|grader|evaluator|system))\b[^.!?\n]{0,80}\b(?:score|rate|grade|mark|pass|must|rating|give|respond|output|answer)",
        r"\bas (?:the|an|my) (?:evaluator|grader|scorer|assessor|rater|examiner|judge),? (?:you (?:must|should|have to|need to|will)|please|kindly|rate|mark|score|grade)\b",
        r"\b(?:als (?:bewerter\w*|prüfer\w*|gutachter\w*|ki),? (?:sollst|musst|solltest|müssen|sollen|sollten|bewerte|gib)|como (?:evaluador\w*|calificador\w*|juez),? (?:debes?|tienes? que|deberías?|califi\w+|evalúa|evalúe|pon|da|otorga)|en tant qu(?:'|e )(?:évaluat\w+|examinat\w+|correct\w+|ia),? (?:tu dois|vous devez|note[zr]?|mett?\w*|donne[zr]?|attribue[zr]?))\b",
        r"\byou are (?:now|no longer) (?:an? |in |the |my |bound )",
        r"\b(?:dev(?:eloper)?|debug|admin|god|sudo|maintenance|dan|jailbreak) mode\b[^.!?\n]{0,30}\b(?:enabled|activated|on\b|engaged|now|active)|\b(?:enable|activate|enter|switch to|aktiviere) (?:the )?(?:dev(?:eloper)?|debug|admin|god|maintenance|dan) ?-?(?:mode|modus)\b",
    ),
    "fakes_a_result": _any(
        r"[\"']?(?:score|rating|grade|points|overall|recommendation|verdict|decision|status|passed|result|punkte|note)[\"']? ?[:=] ?[\"']?(?:10\b|100\b|[45](?:\.0)? ?/ ?5|10 ?/ ?10|met\b|hire\b|strong[_ ]hire|admit|pass(?:ed)?\b|approved|true\b|excellent|perfect|max)",
        r"[\"'](?:criterion(?:_id)?|findings|dimension(?:_id)?|criteria_met|utterance_id)[\"'] ?:",
    ),
    "asks_for_the_rubric": _any(
        r"\b(?:show|reveal|print|repeat|output|tell|give|display|list|share|send)\b(?: (?:me|us))? (?:all )?(?:of )?(?:your|the) (?:full |exact |complete |hidden |internal |entire |original |secret |own )*(?:system prompt|prompt|instructions|rubric|scoring (?:criteria|rules|rubric|guide)|evaluation criteria|criteria (?:you|for|used)|answer key|expected answers?|model answer|weights)",
        r"\bwhat (?:are|is|were) your (?:exact |hidden |system |internal )*(?:system prompt|prompt|instructions|rubric|scoring criteria|evaluation criteria)\b",
        r"\b(?:zeig|nenn|verrate|gib)\w*(?: (?:mir|uns|sie))* (?:alle |die |den |deine |deinen |ihre |ihren )+(?:bewertungskriterien|kriterien|system-?prompt|anweisungen|musterlösung|rubrik)",
    ),
}
