"""Words a wish as people type it: openers, tails, capitals or none, a slip of the finger.

The tails name moments, prices and lengths. Those are conditions elsewhere: here they teach
that such words say nothing about what fits.
"""

from __future__ import annotations

from random import Random

OPENERS = (
    "", "", "", "", "", "", "recommend ", "looking for ", "I'm looking for ", "i want ", "I'd like ", "any ",
    "can you recommend ", "show me ", "find me ", "suggest ", "need ", "I need ", "what is a good choice for ",
    "please find ", "got any ", "could you suggest ", "we want ", "give me ", "do you have ",
)  # fmt: skip
TAILS = (
    "", "", "", "", "", "", "", "", "", "", " please", " for tonight", " for this weekend", " under $100", " on sale",
    " this week", " for black friday", " for Christmas", " that came out recently", " under 2 hours", " right now",
    " for my mum", " for me and my friends", ", not too expensive", " from last year", " if possible", ", the best one",
    " below 50 dollars", " for tomorrow evening", ", something new", " before the weekend", " in the 90s",
)  # fmt: skip
GENRE_WORDS = {
    "comedy": ("comedy", "something funny", "something light and funny", "a laugh", "funny {}", "feel-good comedy"),
    "horror": ("horror", "something scary", "scary {}", "horror {} that will frighten us", "creepy {}"),
    "thriller": ("thriller", "something tense", "a suspenseful {}", "gripping thriller"),
    "romance": ("romance", "love story", "romantic {}", "something romantic", "date night {}"),
    "documentary": ("documentary", "a true story documentary", "docs", "something factual"),
    "action": ("action {}", "something with lots of action", "an explosive action {}"),
    "adventure": ("adventure {}", "an adventure"),
    "science fiction": ("sci-fi", "science fiction {}", "something about space or the future", "scifi {}"),
    "fantasy": ("fantasy {}", "something magical"),
    "crime": ("crime {}", "something about gangsters or detectives", "a crime story"),
    "mystery": ("mystery", "whodunnit", "a mystery {}"),
    "family": ("family {}", "something to watch with the kids", "a {} for children", "kids {}"),
    "animation": ("animated {}", "animation", "cartoon"),
    "drama": ("drama", "serious drama", "something moving", "dramatic {}"),
    "nature": ("nature documentary", "something about animals and nature"),
    "sports": ("sports {}", "a {} about sport"),
    "war": ("war {}", "a {} about war"),
    "biography": ("biopic", "a {} about a real person"),
    "stand-up comedy": ("stand-up", "standup special", "stand-up comedy"),
    "reality show": ("reality show", "reality tv"),
}  # fmt: skip
SAME = {
    "budget": ("budget", "cheap", "affordable", "inexpensive"), "children": ("kids", "children"),
    "noise-cancelling": ("noise-cancelling", "noise cancelling", "noise canceling", "noise-canceling"),
    "colour": ("colour", "color"), "smart bulb": ("smart bulb", "light bulb", "bulb", "smart lamp"),
    "doorbell": ("doorbell", "video doorbell"), "smartphone": ("smartphone", "phone", "mobile phone"),
    "book": ("book", "something to read"), "robot vacuum": ("robot vacuum", "vacuum robot", "robot hoover"),
    "headphones": ("headphones", "headset"), "watch": ("watch", "smartwatch"), "sci-fi": ("science fiction", "scifi"),
}  # fmt: skip
MUSIC_USES = {
    "to dance to": ("disco", "edm", "eurodance", "dance pop", "house", "dance", "techno", "dance-pop"),
    "for running": ("edm", "hip hop", "hard rock", "dance pop", "techno", "drum and bass", "workout"),
    "for a workout": ("edm", "rap", "hard rock", "metal", "techno", "workout"),
    "to fall asleep": ("ambient", "sleep", "lullaby", "new age", "calm"),
    "calm and quiet": ("ambient", "quiet storm", "folk", "acoustic", "classical", "piano", "calm", "soft rock"),
    "to study to": ("ambient", "lo-fi", "classical", "piano", "focus", "instrumental", "minimalism"),
    "for a dinner party": ("jazz", "soul", "bossa nova", "adult standards", "smooth jazz", "vocal jazz"),
    "loud and angry": ("metal", "punk", "hard rock", "heavy metal", "grunge", "industrial"),
    "to sing along to": ("pop", "classic rock", "glam rock", "britpop", "europop"),
}  # fmt: skip
# Mood of an item -> what people say who want it; {} is what they want, such as "film".
MOOD_WORDS = {
    "funny": ("funny {}", "{} that makes me laugh", "hilarious {}", "{} with jokes", "{} to laugh at", "a good laugh"),
    "light": ("light {}", "easy {}", "{}, nothing heavy", "light-hearted {}", "undemanding {}", "feel-good {}"),
    "thoughtful": ("thoughtful {}", "{} that makes you think", "deep {}", "{} to talk about afterwards"),
    "uplifting": ("uplifting {}", "feel-good {}", "{} to cheer me up", "{} after a bad day", "{} that gives hope"),
    "exciting": ("exciting {}", "action-packed {}", "{} with lots of action", "thrilling {}"),
    "tense": ("tense {}", "gripping {}", "edge-of-your-seat {}", "suspenseful {}", "nail-biting {}"),
    "romantic": ("romantic {}", "{} for date night", "{} about love", "{} for a romantic evening"),
    "wholesome": ("wholesome {}", "{} for the whole family", "heartwarming {}", "{} for all ages"),
    "cosy": ("cosy {}", "cozy {}", "comforting {}", "{} for a rainy day", "comfort {}"),
    "melancholy": ("melancholy {}", "sad {}", "bittersweet {}", "{} to cry to", "wistful {}"),
    "gentle": ("gentle {}", "soft {}", "soothing {}", "tender {}"),
    "dark": ("dark {}", "grim {}", "something dark", "moody {}"),
    "intense": ("intense {}", "powerful {}", "overwhelming {}", "heavy {}"),
    "clever": ("clever {}", "smart {}", "witty {}", "mind-bending {}"),
    "silly": ("silly {}", "daft {}", "absurd {}", "ridiculous {}"),
    "scary": ("scary {}", "creepy {}", "{} that will frighten us", "frightening {}"),
    "slow": ("slow {}", "slow-burning {}", "unhurried {}"), "bleak": ("bleak {}", "depressing {}", "hopeless {}"),
    "calm": ("calm {}", "relaxing {}", "peaceful {}", "calming {}", "{} to relax", "{} to wind down"),
    "quiet": ("quiet {}", "soft {}", "peaceful {}", "{} that is not loud"),
    "warm": ("warm {}", "comforting {}", "mellow {}"),
    "upbeat": ("upbeat {}", "happy {}", "feel-good {}", "cheerful {}", "{} to cheer me up"),
    "energetic": ("energetic {}", "{} with energy", "fast {}", "{} to get me going", "high-energy {}"),
    "wistful": ("wistful {}", "sad {}", "nostalgic {}"), "playful": ("playful {}", "fun {}", "bouncy {}"),
    "party": ("party {}", "{} for a party", "{} to dance to", "dance {}"),
    "dreamy": ("dreamy {}", "floaty {}", "hazy {}"), "sleepy": ("sleepy {}", "{} to fall asleep to", "bedtime {}"),
    "dramatic": ("dramatic {}", "epic {}", "grand {}"), "sad": ("sad {}", "{} for a broken heart", "heartbreak {}"),
}  # fmt: skip
# What is said against a mood.
MOODS_REFUSED = {
    "scary": ("not scary", "nothing scary"), "dark": ("nothing dark", "not too dark"), "bleak": ("not depressing",),
    "melancholy": ("nothing sad", "not sad"), "intense": ("nothing heavy", "not too intense"),
    "romantic": ("no romance", "nothing romantic"), "silly": ("not silly", "nothing stupid"), "slow": ("nothing slow",),
}  # fmt: skip
# Who a gift is for -> sorts and qualities that suit.
GIFTS = {
    "a reader": ("book", "books", "reading", "e-reader"), "a book lover": ("book", "books", "reading", "e-reader"),
    "a coffee lover": ("coffee", "espresso"), "someone who loves cooking": ("kitchen", "cooking", "cookware"),
    "a gamer": ("gaming",), "a runner": ("running", "fitness"), "a photographer": ("photography", "camera"),
    "a child": ("children", "lego", "toy", "family"), "a traveller": ("travel", "luggage"),
    "a music lover": ("headphones", "music", "audiophile", "speaker"), "a fashion fan": ("style", "fashion", "luxury"),
    "a hiker": ("hiking", "outdoor", "camping"), "a home baker": ("baking",), "a gardener": ("garden", "gardening"),
    "someone who loves board games": ("board game", "card game"), "a tea drinker": ("tea",),
    "an artist": ("drawing", "art", "stylus"), "a student": ("student",), "a pet owner": ("pets",),
}  # fmt: skip


def spoken(wish: str, random: Random) -> str:
    """The wish with an opener and a tail, in somebody's capitals."""
    text = f"{random.choice(OPENERS)}{wish}{random.choice(TAILS)}"
    text = " ".join(text.split())
    chance = random.random()
    if chance < 0.45:
        text = text.casefold()
    elif chance < 0.7:
        text = text[:1].upper() + text[1:]
    if random.random() < 0.12:
        text += random.choice(("?", ".", "!", " ?"))
    return _slip(text, random) if random.random() < 0.05 else text


def _slip(text: str, random: Random) -> str:
    """Two letters changed about, or one left out, inside a word."""
    places = [place for place in range(1, len(text) - 2) if text[place - 1 : place + 2].isalpha()]
    if not places:
        return text
    place = random.choice(places)
    if random.random() < 0.5:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + text[place + 1 :]


def said(word: str, random: Random) -> str:
    """The word, or another that people use for it."""
    return random.choice(SAME.get(word, (word,)))


def article(noun: str, random: Random) -> str:
    """The noun, with or without an article."""
    if random.random() < 0.5 or noun.endswith("s"):
        return noun
    return f"{'an' if noun[:1].casefold() in 'aeiou' else 'a'} {noun}"
