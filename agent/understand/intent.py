"""What the user does with a turn: precise cues where a word decides, the intent head elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schema import Intent

_I = re.IGNORECASE
_PRIVACY = re.compile(
    r"\b(?:forget (?:about )?(?:me|who i am)\b|(?:forget|delete|erase|remove|wipe|clear|destroy|purge) (?:all |everything |any )?(?:of )?(?:(?:my|the|personal|your) )*(?:data|history|profile|account|information|info|records?|likes|dislikes"
    r"|preferences|personal)|(?:forget|delete|erase|remove|wipe) (?:everything|all|what(?:ever)?) (?:that )?(?:you(?:'ve| have)? )?(?:know|saved|stored|remember|learned|have)|(?:delete|erase) (?:this|my|our|the) conversation"
    r"|what (?:do you|have you) (?:know|saved?|stored?|remember|keep|kept|collect(?:ed)?)\b.{0,20}\b(?:about me|of me)|(?:do|are|will) you (?:store|stor|sav|keep|shar|record|track|sell|log|collect)\w*\b|gdpr|my privacy|privacy policy|is (?:this|it|our conversation|my data) (?:private|safe|secure|confidential))"
    r"|忘记我(?!说)|忘了我|删除我的|清除我的|删掉我的|我的(?:数据|隐私|记录)"
)
_RESET = re.compile(
    r"\b(?:start (?:over|again|afresh|fresh|anew|from (?:scratch|the beginning))|begin again|from scratch|reset|new search|new topic|fresh start|clean slate|square one|start a new (?:conversation|search|chat)"
    r"|(?:forget|scrap|ignore|drop|cancel|clear|undo) (?:all |everything|all of |about )*(?:that|this|it all|i(?:'ve)? (?:said|asked|told)|what i (?:said|asked|told)|the (?:conversation|filters?|conditions?|limits?|search|chat)|my (?:filters?|conditions?))(?: (?:before|so far|up))?\b|clear (?:all|everything)|restart)\b"
    r"|重新开始|重来|从头(?:开始|再来)|清空|重置|忘记我说"
)
_THANK = re.compile(
    r"\b(?:thanks|thank you|thank u|thx|ty|cheers|much appreciated|appreciate (?:it|that|your|the)|many thanks|grateful|ta)\b|谢谢|多谢|感谢|谢了|谢啦"
)
_GREET = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day|night)|bye|goodbye|see you|see ya|你好|您好|嗨|早上好|晚上好|下午好|早安|晚安|再见|拜拜)(?: there| kairos| everyone| again| later| all| friend)?\W*)+"
)
_SMALL_TALK = re.compile(
    r"\b(?:how are you|how's it going|how is it going|what's up|your name|who are you|what are you|are you (?:a |an )?(?:robot|human|ai|bot|real|person)|what can you do|tell me a joke|nice to meet you|who (?:made|built|created) you|how do you work)\b"
    r"|你是谁|你叫什么|你会什么|你能做什么|你好吗|讲个笑话|最近好吗"
)
_COMPARE = re.compile(
    r"\b(?:compare|comparison|versus|vs\.?|(?:the )?differences? between|how (?:do|does) .{1,40}\b(?:differ|compare)|side by side|pros and cons|weigh .{1,30} against|contrast"
    r"|which (?:one |of (?:these|those|them|the two|the three|both|all) )?(?:is|are|has|would be|looks|sounds|do you think is|costs?|lasts|would you)\b|which of (?:these|those|them|the)"
    r"|is the .{1,25} (?:better|cheaper|longer|shorter|newer|funnier|older|louder|quieter|worth more) than|have in common|sets? (?:these|them|those) apart)\b|比较一下|比较第|对比|哪(?:一)?(?:个|部|首|款|本)(?:更|比较|最)|有什么(?:区别|不同)|区别"
)
_EXPLAIN = re.compile(
    r"^\W*(?:(?:but|and|so|ok|hm+|well),? )?(?:why|how come)\b(?! don't (?:you|we))|\b(?:why (?:did|do|are|is|was|would|these|this|that|those|the|it|him|her|not)|what makes you|(?:explain|justify) (?:your|why|the|that|this|number|how|me)|reasons? (?:for|behind|why)|your reasoning"
    r"|how did you (?:come up|choose|pick|decide|arrive|get)|how do you (?:decide|choose|pick|know)|on what (?:grounds|basis)|how is (?:that|this|it) relevant|what made you)\b|为什么|为何|为啥|理由|凭什么|怎么会推荐"
)
_FACT = re.compile(
    r"\b(?:who(?:'s| is| was)? (?:directed|wrote|writes|made|makes|sings?|sang|stars?|plays?|played|composed|produced|performs?|in it|in that|in this|the (?:director|author|singer|artist|actor|lead|star|maker|writer|composer|cast))"
    r"|how (?:long|much|old|big|heavy|loud|many (?:episodes|seasons|songs|tracks|pages|minutes|people))(?:'s)? (?:is|does|do|are|was|would|will|has|have|in)\b|how (?:long|much|old|big|heavy|loud|expensive|popular) (?:it|they)\b"
    r"|what(?:'s| is| was| are|s) (?:the|its|their|that film's) (?:price|cost|runtime|running time|length|duration|release|rating|plot|story|genre|cast|director|battery|size|colou?r|language|date|year|url|link|brand|features?|title|name|budget|warranty|weight|range|title)"
    r"|what(?:'s| is)? (?:it|that|this|the \w+(?: one)?) about|when (?:did|was|does|is|do|will) (?:it|that|this|they|the)\b|where can i (?:buy|watch|get|find|listen|read|stream|see) (?:it|that|this|them|the)\b|what (?:year|genre|language|colou?r|album|label) "
    r"|(?:does|is|has|do|are|can|will|did|was) (?:it|they|that one|this one|that|this|the (?:first|second|third|fourth|fifth|last)(?: one)?)\b(?! (?:possible|true that|something|anything|ok|okay|too much))"
    r"|tell me more(?: about)?|more (?:details|information|info|about (?:it|that|this|the)|on (?:it|that|this))|details (?:of|on|about)|what (?:time|day|date) is it|what's the (?:time|date)|how much is (?:the|it|that|this)|what do you have in)\b"
    r"|导演是谁|谁(?:导演|演|唱|写|主演)|主演|多少钱|多长(?:时间)?[？?]?$|什么时候(?:上映|出|发行|结束)|片长|价格是|几点了?|几号|哪年|讲(?:的)?(?:是)?什么|多大|多贵|支持.{0,12}吗"
)
_ACCEPT = re.compile(
    r"\b(?:i(?:'ll| will| am going to|'m going to|'d like to|'m gonna| think i'll) (?:take|go (?:with|for)|have|buy|watch|get|try|listen to|read|order|pick|choose|check)\b(?! something| anything| a\b| some\b)|sounds? (?:good|great|perfect|nice|lovely|fun|interesting|like a plan|fantastic|awesome|wonderful)"
    r"|looks? (?:good|great|perfect|nice|lovely|fun|interesting)|that(?:'s| is| was) (?:the one|perfect|great|good|excellent|exactly|it|just what|what i)|(?:great|good|excellent|nice|perfect) (?:choice|pick|idea|suggestion|one|recommendation|call)"
    r"|that works(?= for me|\W*$)|works for me|i(?: really| absolutely| quite| also)? (?:love|loved|like|liked|enjoyed|adore|adored|want) (?:it|that|this|them|these|those|the (?:first|second|third|fourth|fifth|last|sound of|look of)|that one|this one|number|both)|exactly what i|just what i"
    r"|add (?:it|that|the)|yes,? (?:please|that|the|it)|let's (?:do|go with|watch|take|buy|get) (?:that|it|this|the)|deal!|i'm sold|sold!|count me in|add to (?:cart|my))\b|^\W*(?:yes|yep|yeah|yup|perfect|great|awesome|excellent|ok|okay|sure|cool|nice|wonderful|brilliant|fantastic|lovely|good)\W*$"
    r"|就(?:这|要|它|第)|^\W*(?:好的?|可以|行|不错|太好了|棒)\W*$|我?(?:很|挺|非常)?喜欢(?:这|它|第|那)|听起来不错|我要(?:这|第|那)"
)
_REJECT = re.compile(
    r"\b(?:not (?:that|this|it|the (?:first|second|third|fourth|fifth|last)|those|these|that one|interested|for me|my (?:thing|taste|style|cup)|again|him|her)\b(?! (?:too|long|expensive|dark|funny|good))|no thanks?|no thank you|none of (?:these|those|them|the)|neither(?: of)?"
    r"|(?:hate|hated|dislike|disliked|don't (?:like|want|care for|fancy)|didn't (?:like|enjoy|care for)|do not (?:like|want)|did not (?:like|enjoy)|can't stand|couldn't stand|don't (?:show|recommend|suggest) (?:me )?) ?(?:it|that|this|them|these|those|the (?:first|second|third|fourth|fifth|last)|any of|that one|this one|number|either)"
    r"|(?:i(?:'ve| have)? )?(?:already|alr) (?:seen|watched|read|heard|own|have|got|know|bought|listened)|(?:seen|watched|read|heard|own|know|have) (?:it|that|this|them|the (?:first|second|third|last)(?: one)?|all of (?:these|those|them)|these|those)(?: all)? (?:already|before)"
    r"|(?:i've|i have|we've) (?:seen|watched|read|heard) (?:it|that|this|them|these|those|all|the (?:first|second|third|fourth|fifth|last))|(?:remove|skip|drop|lose|discard|exclude|ditch|get rid of|take off|leave out) (?:it|that|this|the (?:first|second|third|fourth|fifth|last)|number|those|these)"
    r"|take (?:it|that|this|the \w+(?: one)?) off|anything but (?:that|this|it|those)|never (?:show|recommend|suggest)|don't (?:show|recommend|suggest) (?:me )?(?:it|that|this|them|those)|rather not (?:watch|see|have|that|this)|seen it|own it)\b|^\W*(?:no|nope|nah|pass|next|skip|ugh|no way|not really)\W*$"
    r"|不要(?:这|那|第|它)|不喜欢(?:这|那|第|它)|讨厌(?:这|那|第|它)|(?:已经)?(?:看|听|读|买)过了?(?:这|那|第)?|都不(?:要|喜欢|行)|不想(?:看|听|要|买)(?:这|那|第|它)|^\W*(?:不|不要|不行|算了|不了|不用了)\W*$|换掉"
)
_CRITICISE = re.compile(
    r"\b(?:(?:that|it|this|they|these|those|the (?:first|second|third|fourth|fifth|last)(?: one)?|all|one|ones)(?:'s|'re| is| are| was| were| look| looks| sound| sounds| seem| seems| feel| feels| cost)?(?: all| both| just| far| way| much| a (?:bit|little)| really| kind of| rather| so| such)* too\b"
    r"|^\W*(?:(?:way|far|much|a bit|a little|still|bit) )?too (?!\w+ for words)|not \w+ enough|(?:(?:it|that|they|these|those)(?:'s|'re| is| are| look| looks| seem| sound)|looks?) (?:all )?(?:so |really |a bit |very |rather |pretty |quite |awfully )?(?:boring|terrible|awful|bad|useless|dull|ugly|lame|rubbish|childish|irrelevant|wrong|outdated|depressing|overpriced|stupid|ridiculous|crap|mediocre|generic|repetitive|old news|not what|nothing (?:to do|like))"
    r"|(?:isn't|not|wasn't|aren't|weren't) (?:really |at all |quite )?(?:what i (?:meant|asked|wanted|had in mind|was looking|want|am looking)|relevant|helpful|useful|any good)|nothing to do with|cost too much|same (?:things?|stuff|ones) (?:again|over)|useless|bad (?:suggestions?|recommendations?|list|idea)|you (?:misunderstood|didn't (?:listen|understand|get))|wrong (?:language|genre|kind|one|list|domain)|i (?:meant|said|asked for)\b)\b"
    r"|太(?:贵|长|短|吵|慢|老|旧|暗|吓人|无聊|悲|沉重|暴力|复杂|快|重|大|小)了?|不够|(?:很|太|真|好)(?:无聊|差|烂|难看|难听|老套)|不是我(?:想|要)"
)
_REFINE = re.compile(
    r"^\W*(?:(?:no|nope|nah|hm+|ok|okay|well|actually|yes|yeah|thanks|great|sorry|oh|and|but|nice|cool|fine|good)\b[\s,.!-]*)*(?:and\b|but\b|also\b|what about\b|how about\b|only\b|just\b|make (?:it|that|them)\b|change (?:it|that)\b|instead\b|rather\b|same\b|something (?:else|different|other|more|less|\w+er\b)|anything (?:else|more|less|other|\w+er\b)|any(?:thing)? others?\b|more\b|less\b"
    r"|others?\b|another\b|a different\b|different\b|or\b|show (?:me )?(?:more|others?|another|the rest|something else)|let's (?:try|say|go for|make)|preferably\b|ideally\b|for (?:me|two|my|the|a|kids|children|tomorrow|tonight)\b|without\b|with\b|under\b|below\b|in (?:french|english|spanish|chinese|black|white|the)\b|not (?:so|too|as)\b|no\b|it (?:should|must|has to|needs to|can't|shouldn't)\b|can (?:it|they) be\b|could (?:it|they) be\b|i(?:'d| would)? (?:rather|prefer)\b|(?:a (?:bit|little|lot)|much|slightly|even|way) \w+er\b|narrow\b|similar to (?:that|the)|like (?:that|the) (?:\w+ )?(?:one|first|second|third|last)?\b.{0,6}but)"
    r"|\b(?:instead|anything else|something else|what else|others? like (?:that|this|it|the)|more (?:like|of) (?:that|this|these|those|it|them|the)|(?:show|give|tell) me (?:some |\w+ )?more\b|a different one|other (?:options|ideas|suggestions|ones|choices)|keep going|the same but|more options|next (?:ones|page|batch))\b|^\W*more\W*$"
    r"|^(?:再|更|换|还有|那|另外|改成|不要太|只要|也要|最好|其他|别的)|一点(?:的)?[。！]?$|便宜点|有没有更|换(?:一|个|部|首|批)|还有(?:别的|其他|吗|什么)|其他的|别的"
)
_COMPARATIVE = re.compile(
    r"\b(?:cheaper|shorter|longer|newer|older|funnier|darker|lighter|quieter|louder|slower|faster|calmer|happier|sadder|scarier|weirder|smaller|bigger|larger|softer|gentler|livelier|mellower|simpler|deeper|edgier|grittier|warmer|lower|higher|shorter|earlier|later|stranger|sillier|wittier|gorier|spookier|creepier|moodier|cosier|cozier|heavier|lighter-hearted|better|younger"
    r"|(?:more|less) (?!than|about|information|details|info|of (?:a|an)\b)\w+)\b|更\w|(?:便宜|短|长|新|老|轻松|搞笑|安静|大|小)(?:一)?点"
)
_REQUEST = re.compile(
    r"\b(?:recommend|suggest|find|show|give|get|need|want|looking for|look for|searching for|search for|help me (?:find|choose|pick)|what should (?:i|we)|what (?:can|could|do) (?:i|we|you)|which .{1,30} (?:should|would)|do you (?:have|know)|have you got|are there|is there|any good|i'd (?:like|love)|i would (?:like|love)|in the mood for|feel like|play|tell me|catch me up"
    r"|what's (?:new|good|happening|on|going on|the latest|hot)|what are the|what is (?:new|happening|the (?:latest|best))|best|top|latest|suggestions?|recommendations?|can you|could you|interested in|fancy|after (?:a|some|something)|something (?:to|for|with|like|by|about)|surprise me|i'm (?:looking|after|shopping)|cheer me up|entertain me|distract me|(?:i|we)(?:'ve| have) (?:only )?(?:got )?(?:about )?(?:\w+ ){1,4}(?:minutes|hours?)(?: and a half)?)\b"
    r"|推荐|有没有|有什么|有哪些|想(?:看|听|买|要|找)|来(?:点|一|几|首|部|个)|找(?:一|几|部|首|个|点)|给我|介绍|求|帮我|需要|适合"
)


@dataclass(frozen=True)
class Situation:
    """What the intent depends on beside the words: what stands, and what this message brings.

    ``bare_pointer``: the message is nothing but a pointer ("the second one").
    """

    standing: bool
    shown: bool
    points: bool
    content: bool
    new_domain: bool
    named_domain: bool
    bare_pointer: bool = False
    mood: bool = False


def judges(view: str) -> bool:
    """Whether the message passes a verdict on something, whatever else it asks."""
    return bool(_REJECT.search(view) or _ACCEPT.search(view) or _CRITICISE.search(view))


def decide(view: str, situation: Situation, head: Mapping[str, float] | None) -> Intent:
    """The intent of a message; ``head`` holds the intent head's probabilities, None where it does not apply."""
    stripped = view.strip()
    if _PRIVACY.search(stripped):
        return "privacy"
    if _RESET.search(stripped) and not situation.named_domain:
        return "reset"
    social = _social(stripped, situation)
    if social:
        return social
    if situation.bare_pointer and situation.shown:
        return "accept"
    about_shown = _about_shown(stripped, situation)
    if about_shown:
        return about_shown
    if situation.standing and not situation.new_domain and _refines(stripped, situation, head):
        return "refine"
    if situation.mood and not situation.content:
        return "chat" if situation.standing else "recommend"
    if _REQUEST.search(stripped) and (situation.content or situation.named_domain or not head):
        return "recommend"
    return _by_head(stripped, situation, head)


def _social(view: str, situation: Situation) -> Intent | None:
    rest = _GREET.sub("", view).strip(" ,.!-")
    if _SMALL_TALK.search(view) and not situation.named_domain:
        return "chat"
    if not rest and view:
        return "chat"
    if _THANK.search(view):
        left = re.sub(r"\W+", " ", _THANK.sub(" ", rest)).split()
        asks = (
            _REQUEST.search(view)
            or _COMPARATIVE.search(view)
            or _REFINE.search(_THANK.sub(" ", view).strip(" ,.!"))
        )
        if (
            not (asks and (situation.content or len(left) > 3))
            and len(left) <= 12
            and not _REJECT.search(view)
        ):
            return "thank"
    return None


def _about_shown(view: str, situation: Situation) -> Intent | None:
    goes_on = bool(
        _COMPARATIVE.search(view)
        or re.search(
            r"\b(?:something|anything|show me|instead|another|more like|other|others)\b|换|别的|更", view
        )
    )
    fresh = situation.named_domain and _REQUEST.search(view) and not situation.points
    if _EXPLAIN.search(view):
        return "explain"
    if _COMPARE.search(view) and not fresh:
        return "compare"
    if re.search(
        r"\b(?:first|second|third|fourth|fifth|last)(?: one)? or (?:the )?(?:first|second|third|fourth|fifth|last)\b",
        view,
    ):
        return "compare"
    if _FACT.search(view) and not fresh and (situation.shown or not situation.named_domain):
        return "ask_fact"
    rejects, accepts = _REJECT.search(view), _ACCEPT.search(view)
    if situation.standing and (rejects or accepts or _CRITICISE.search(view)) and goes_on and _asks_on(view):
        return "refine"
    if _CRITICISE.search(view) and (situation.shown or not situation.named_domain) and not fresh:
        return "criticise"
    if rejects and not fresh and not (accepts and accepts.start() > rejects.start() and situation.points):
        return "reject"
    if accepts and not fresh:
        return "accept"
    return None


def _asks_on(view: str) -> bool:
    """Whether a verdict is followed by a wish: "I hate that, show me something funnier"."""
    return bool(
        re.search(
            r"[,.;!]\s*(?:but |and |so |now |please |can (?:you|i) |do you )*(?:something|anything|show|give|find|more|less|another|any|have|what|how about|try|make|other|a )|\bbut\b.{0,20}\b(?:er|more|less|something|another)\b|\bmore like\b|[，,].{0,3}(?:换|要|来|更)",
            view,
        )
    ) or bool(re.match(r"\W*(?:no|nope|nah)\b[\s,.!-]+(?:something|anything|more|less|\w+er\b)", view))


def _refines(view: str, situation: Situation, head: Mapping[str, float] | None) -> bool:
    if _REFINE.search(view) or _COMPARATIVE.search(view):
        return True
    asks = _REQUEST.search(view)
    if asks and situation.named_domain:
        return False
    if situation.content and re.match(r"\W*(?:something|anything|some)\b", view):
        return True
    if situation.content and not asks and len(view.split()) <= 8:
        return not head or head.get("refine", 0.0) + head.get("recommend", 0.0) >= 0.2
    return bool(head) and max(head or {}, key=lambda name: (head or {})[name]) == "refine"


def _by_head(view: str, situation: Situation, head: Mapping[str, float] | None) -> Intent:
    if not head:
        return "recommend" if situation.content or situation.named_domain else "chat"
    allowed = dict(head)
    if not situation.standing:
        allowed["recommend"] = allowed.get("recommend", 0.0) + allowed.pop("refine", 0.0)
    if not situation.shown and not situation.points:
        for name in ("criticise", "explain", "compare", "accept", "reject"):
            allowed[name] = allowed.get(name, 0.0) * 0.5
    if situation.named_domain:
        allowed["recommend"] = allowed.get("recommend", 0.0) * 1.5
    best = max(allowed, key=lambda name: allowed[name])
    intents: dict[str, Intent] = {
        "recommend": "recommend", "refine": "refine", "criticise": "criticise", "compare": "compare", "explain": "explain", "accept": "accept",
        "reject": "reject", "ask_fact": "ask_fact", "thank": "thank", "chat": "chat", "reset": "reset", "privacy": "privacy",
    }  # fmt: skip
    return intents[best]
