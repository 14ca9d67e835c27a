"""Chinese tokens and words of time. Every character is a token; traditional ones are read as simplified."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from re import Match
from typing import Any

from timeliness.expressions.words import Lexicon, Reader, Token, table, tokens

_SIMPLIFIED = str.maketrans("禮後個週號點鐘時間從節歲這來開數萬曆農凈舊聖誕勞動婦國慶電陽媽親師過現給裡裏內兩當號〇：．～－", "礼后个周号点钟时间从节岁这来开数万历农净旧圣诞劳动妇国庆电阳妈亲师过现给里里内两当号零:.~-")  # fmt: skip
_PATTERN = re.compile(
    r"""
    (?P<opaque> [$€£¥￥][ ]?[\d.,]+ | \d+(?:\.\d+)?[ ]?[%％元块折寸英人个集部首](?![月季世星小钟礼]) | \d{3,}-\d{3,}-\d+ )
    | (?P<date> (?<![\d.])(?<!\d[/-])(?:\d{4}(?P<a>[-/.])\d{1,2}(?P=a)\d{1,2}|\d{1,2}(?P<b>[-/.])\d{1,2}(?P=b)(?:\d{4}|\d\d))(?!\d)
      | (?<=\d-)\d{1,4}/\d{1,2}/\d{1,4}(?!\d) )
    | (?P<time> (?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:]) )
    | (?P<slash> (?<![\w./])\d{1,2}/\d{1,2}(?![\d/]) )
    | (?P<decimal> \d+\.\d+ )
    | (?P<int> \d+ )
    | (?P<half> (?<![a-z])[ap]\.?m(?![a-z])\.? )
    | (?P<word> [a-z]+ )
    | (?P<character> \S )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _date(match: Match[str]) -> Iterator[tuple[str, Any]]:
    first, second, third = re.split(r"[-/.]", match.group())
    numbers = int(first), int(second), int(third)
    if len(first) == 4:
        yield "YearFirst", numbers
    elif len(third) == 4:
        yield "YearLast", numbers
    else:
        year = numbers[0] + (2000 if numbers[0] < 30 else 1900)
        yield "YearFirst", (year, *numbers[1:])


def _time(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "HourMinute", tuple(map(int, match.group().split(":")))


def _slash(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Slash", tuple(map(int, match.group().split("/")))


def _decimal(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Number", float(match.group())


def _int(match: Match[str]) -> Iterator[tuple[str, Any]]:
    text, number = match.group(), int(match.group()[:9])
    if len(text) <= 4:
        yield "Integer", number
        if number < 1000 and not text.startswith("0"):
            yield "Count", number
    if len(text) == 4 and 1500 <= number <= 2100:
        yield "PlainYear", number
    elif len(text) == 2:
        yield "ShortYear", number


def _half(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Half", match.group()[0].lower() + "m"


_READERS: Mapping[str, Reader] = {
    "date": _date, "time": _time, "slash": _slash, "decimal": _decimal, "int": _int, "half": _half,
}  # fmt: skip


def read(text: str) -> list[Token]:
    """The tokens of a Chinese text."""
    return tokens(text.translate(_SIMPLIFIED), _PATTERN, _READERS)


def _spread(words: Mapping[Any, str]) -> dict[str, Any]:
    """value -> words between spaces, turned round."""
    return {word: value for value, each in words.items() for word in each.split()}


_HOLIDAYS: Mapping[tuple[str, str | None], str] = {
    ("chinese new year", "chinese_new_year"): "春节 过年 新春 农历新年", ("chinese new year", None): "大年初一", ("lunar new year's eve", None): "除夕 大年三十 年三十",
    ("lantern festival", None): "元宵节 元宵", ("dragon boat", None): "端午节 端午", ("mid-autumn", "mid_autumn"): "中秋节 中秋", ("double ninth", None): "重阳节 重阳",
    ("qingming", None): "清明节 清明", ("singles' day", "singles_day"): "双十一 双11 双十一购物节 光棍节", ("new year's day", "new_year"): "元旦 元旦节 新年 跨年",
    ("valentine's day", "valentines"): "情人节", ("women's day", None): "妇女节 三八节 女神节", ("april fools' day", None): "愚人节", ("workers' day", None): "劳动节 五一 五一劳动节",
    ("children's day", None): "儿童节 六一儿童节", ("teachers' day", None): "教师节", ("mother's day", None): "母亲节", ("father's day", None): "父亲节",
    ("halloween", "halloween"): "万圣节", ("thanksgiving", "thanksgiving"): "感恩节", ("black friday", "black_friday"): "黑色星期五 黑五",
    ("cyber monday", "cyber_monday"): "网络星期一", ("christmas day", "christmas"): "圣诞 圣诞节", ("easter", "easter"): "复活节", ("earth day", None): "地球日",
    ("boxing day", "boxing_day"): "节礼日", ("eid al-fitr", "eid"): "开斋节", ("ramadan", "ramadan"): "斋月", ("diwali", "diwali"): "排灯节", ("hanukkah", "hanukkah"): "光明节",
}  # fmt: skip
LEXICON = Lexicon(
    {
        "Digit": table("一 二|两 三 四 五 六 七 八 九", range(1, 10)),
        "Zero": {"零": 0},
        "RelativeDay": _spread({-3: "大前天", -2: "前天", -1: "昨天 昨日", 0: "今天 今日 当天", 1: "明天 明日", 2: "后天", 3: "大后天"}),
        "ShortDay": _spread({-1: "昨", 0: "今 当", 1: "明"}),
        "RelativeYear": _spread({-3: "大前年", -2: "前年", -1: "去年 上年", 0: "今年 本年 当年", 1: "明年 来年 下年", 2: "后年"}),
        "Offset": _spread({-2: "上上 上上个", -1: "上 上个 上一个 上一", 0: "这 这个 本 本个 这一个", 1: "下 下个 下一个 下一", 2: "下下 下下个"}),
        "Unit": _spread({"week": "周 星期 礼拜", "weekend": "周末", "month": "月", "quarter": "季度 季", "year": "年", "day": "天 日",
                         "hour": "小时 钟头", "minute": "分钟 分", "second": "秒 秒钟", "decade": "年代"}),
        "Measure": _spread({"week": "周 个星期 个礼拜 星期 礼拜 个周", "month": "个月", "quarter": "个季度 季度", "year": "年 个年头", "day": "天 日",
                            "hour": "小时 个小时 钟头 个钟头 个钟 时", "minute": "分钟 分", "second": "秒 秒钟", "weekend": "个周末"}),
        "Weekday": {prefix + day: n for prefix in ("周", "星期", "礼拜") for n, day in [*enumerate("一二三四五六日"), (6, "天")]},
        "WeekdayName": {day: n for n, day in [*enumerate("一二三四五六日"), (6, "天")]},
        "Part": _spread({"morning": "早上 早晨 上午 早间 清晨 一早 大清早", "noon": "中午 正午 午间", "afternoon": "下午 午后", "nightfall": "晚上 晚间 夜里 夜晚 夜间 傍晚 今晚儿",
                         "dawn": "凌晨", "night": "深夜 半夜 午夜", "daytime": "白天"}),
        "ShortPart": _spread({"morning": "早 晨", "nightfall": "晚 夜", "afternoon": "下午", "noon": "午"}),
        "Season": _spread({"spring": "春天 春季", "summer": "夏天 夏季", "autumn": "秋天 秋季", "winter": "冬天 冬季"}),
        "Span": _spread({"mid_year_618": "六一八 618 年中大促", "back_to_school": "开学季 返校季", "award_season": "颁奖季", "summer": "暑假 暑期"}),
        "Holiday": {word: value for value, words in _HOLIDAYS.items() for word in words.split()},
        "Era": {"民国": 1911, "康熙": 1661, "雍正": 1722, "乾隆": 1735, "嘉庆": 1795, "道光": 1820, "咸丰": 1850, "同治": 1861, "光绪": 1874, "宣统": 1908},
        "Back": dict.fromkeys(("最近", "过去", "近", "前", "上", "最近的", "过去的", "近来"), "last"),
        "Ahead": dict.fromkeys(("未来", "接下来", "今后", "后", "之后", "下", "未来的", "接下来的", "还剩", "往后"), "next"),
        "Since": dict.fromkeys(("以来", "起", "开始", "至今", "或之后", "或以后", "及以后", "及之后", "或更晚", "以来的"), "since"),
        "After": dict.fromkeys(("以后", "之后", "后"), "after"),
        "Before": dict.fromkeys(("以前", "之前", "前"), "before"),
        "Until": dict.fromkeys(("或之前", "或以前", "及以前", "及之前", "为止", "或更早"), "until"),
        "To": dict.fromkeys(("到", "至", "-", "–", "—", "~", "直到"), "to"),
        "Edge": _spread({"early": "初 年初 上旬 伊始", "mid": "中 中旬", "late": "末 底 年底 年末 下旬 尾"}),
        "Now": dict.fromkeys(("现在", "此刻", "目前", "当前", "眼下", "此时", "这会儿", "正在", "马上", "立刻"), "now"),
        "NewnessWord": {"突发": 1.0, "刚刚": 1.0, "刚出": 0.9, "最新": 0.8, "新出": 0.7, "新上映": 0.8, "新发布": 0.8, "最近": 0.5, "近期": 0.5, "近来": 0.5,
                    "时下": 0.5, "新鲜": 0.5, "新番": 0.7, "新片": 0.7, "新歌": 0.7, "新品": 0.7, "新剧": 0.7},
        "Soon": dict.fromkeys(("近日", "不久后", "过几天", "过两天"), "soon"),
        "TrendWord": dict.fromkeys(("热门", "热搜", "最热", "最火", "正火", "很火", "火爆", "爆款", "刷屏", "热议", "当红", "走红",
                                    *(f"{who}都{being}{doing}" for who in ("大家", "人人", "所有人", "大伙", "") for being in ("在", "正在") for doing in "看听读聊买追玩刷"),
                                    *(f"大家{being}{doing}" for being in ("在", "正在") for doing in "看听读聊买追玩刷")), "trend"),
        "EndingWord": dict.fromkeys((*(f"{soon}{ends}" for soon in ("即将", "快", "快要", "马上", "马上要", "就要", "将") for ends in ("到期", "下架", "下线", "截止", "结束", "过期", "停售")),
                                     "临近到期", "最后机会", "最后的机会"), "end"),
        "Ignored": dict.fromkeys(("早上好", "下午好", "晚上好", "晚安", "下午茶", "有一点", "一点儿", "一点点", "快一点", "早一点", "差一点", "有点", "一天到晚", "以前的"), "nothing"),
    },
    read,
)  # fmt: skip
