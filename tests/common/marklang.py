# SPDX-License-Identifier: GPL-2.0-or-later
"""The language of marks: the C table, the document's, and places that write.

The C table is lib/libmmiotrace/marks.c, as tests/unit/print-marks prints it.
"""

import dataclasses
import re

from common import csource

TEXTS = {"word", "SHA-256", "bytes", "region", "text", "fields", "prose"}

LITERAL = {
    "word": r".+",
    "decimal": r"\d+",
    "hexadecimal": r"0x[0-9a-f]+",
    "region": r"upper-memory",
}


@dataclasses.dataclass
class Key:
    """One word of a mark"""
    name: str
    kind: str
    flags: set
    choice: list        # empty: anything


def parse_table(text):
    """{name of a mark: [Key]} of what print-marks prints"""
    marks = {}
    keys = []
    for line in text.splitlines():
        words = line.split("\t")
        if words[0] == "MARK":
            keys = marks[words[1]] = []
        else:
            keys.append(Key(words[0], words[1], set(words[2].split("+")),
                            words[3].split("|") if words[3] != "-" else []))
    return marks


# --- the document -----------------------------------------------------------

def _rows(text, title):
    """The rows of the table that has this in its first line: lists of cells"""
    lines = text.split(f"\n| {title} |", 1)[1].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip().replace("\\|", "|")
               for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _spans(cell):
    return re.findall(r"`([^`]*)`", cell)


def _letters(text):
    """{letter that stands for a value: its kind}"""
    return {letter: re.split(r"[,;: ]", cells[1])[0]
            for cells in _rows(text, "value | kind")
            for letter in _spans(cells[0])}


@dataclasses.dataclass
class Word:
    """One word of a form in the document"""
    key: str            # "" if it has none
    value: str
    optional: bool
    repeated: bool


def _words(text):
    """The words of a form, in order"""
    words = []
    optional = False
    for token in text.replace("extra fields", "extra-fields").split():
        optional |= token.startswith("[")
        if token == "...":
            if words:
                words[-1].repeated = True
            continue
        key, equals, value = token.strip("[]").partition("=")
        words.append(Word(key, value, optional, False) if equals
                     else Word("", key, optional, False))
        optional &= not token.endswith("]")
    return words


def _value_differs(key, value, letters):
    """Is that what may stand for the value? None, or what is wrong"""
    literals = value.split("|")
    if value in letters and value not in key.choice:
        if letters[value] != key.kind:
            return f"{value} is {letters[value]}, and {key.name} {key.kind}"
        return f"{key.name} is one of {key.choice}" if key.choice else None
    if key.kind == "fields":
        return None if value == "extra-fields" else f"{value}: extra fields"
    wrong = [v for v in literals if key.choice and v not in key.choice or
             not re.fullmatch(LITERAL.get(key.kind, "$"), v)]
    return f"{key.name} is not {wrong}" if wrong else None


def _match(keys, words, letters):
    """[(Key, Word)] of a form, and what is wrong with it"""
    pairs, wrong = [], []
    rest = list(keys)
    for word in words:
        while rest and not (
                rest[0].name == word.key if word.key else
                "bare" in rest[0].flags and
                not _value_differs(rest[0], word.value, letters)):
            rest.pop(0)
        if not rest:
            wrong.append(f"{word.key or word.value} is unknown, or not here")
            return pairs, wrong
        key = rest.pop(0)
        what = _value_differs(key, word.value, letters)
        wrong += [what] if what else []
        if word.repeated != ("repeated" in key.flags):
            wrong.append(f"{key.name}: repetition")
        pairs.append((key, word))
    return pairs, wrong


def _compare_keys(keys, forms, letters):
    """@forms: a list of (words, whether all of them are there)"""
    wrong = []
    full, seen = [], {}
    for words, whole in forms:
        pairs, what = _match(keys, words, letters)
        wrong += what
        for key, word in pairs:
            seen.setdefault(key.name, []).append(word)
        if whole:
            full.append({key.name for key, word in pairs if not word.optional})
    for key in keys:
        words = seen.get(key.name, [])
        if not words:
            wrong.append(f"{key.name} is not there")
            continue
        always = all(key.name in names for names in full)
        if always == ("optional" in key.flags):
            wrong.append(f"{key.name} may be missing, or not")
        told = {v for word in words for v in word.value.split("|")}
        if key.choice and told != set(key.choice):
            wrong.append(f"{key.name} is one of {key.choice}, not {told}")
        if (not key.choice and "bare" not in key.flags and
                not told & set(letters) and len(told) > 1):
            wrong.append(f"{key.name} may be anything, not only {told}")
    return wrong


def _compare_mark(keys, spans, letters):
    if keys and keys[0].kind == "prose":
        return [] if sorted(spans) == sorted(keys[0].choice) else \
            [f"{spans} is not {keys[0].choice}"]
    return _compare_keys(keys, [(_words(span), not span.startswith("..."))
                                for span in spans], letters)


def compare(marks, text):
    """What is different between the C table and the document's text"""
    letters = _letters(text)
    forms = {}
    for cells in _rows(text, "mark | meaning"):
        for span in _spans(cells[0]):
            name, _, rest = span.partition(" ")
            forms.setdefault(name, []).append(rest)
    wrong = [f"{name}: no such mark" for name in forms if name not in marks]
    for name, keys in marks.items():
        what = (_compare_mark(keys, forms[name], letters) if name in forms
                else ["not in the document"])
        wrong += [f"{name}: {one}" for one in what]
    return wrong


# --- places that write ------------------------------------------------------

# What is a call with the words of a mark, and not its definition
WORDS = re.compile(r"(?<!#define )\b(MMT_WORDS|vfio_trace_log_own_mark)\(")


def _marks_of(text, call, words_at):
    """The enumerators of the marks that a call may write"""
    if text.startswith("vfio_trace_log_own_mark", call):
        expression = csource.arguments(text, text.index("(", call))[0][1]
    else:
        outer = csource.outer_call(text, call)
        if outer is None:
            return []
        args, _ = csource.arguments(text, outer)
        inner = [n for n, a in enumerate(args) if a.startswith("MMT_WORDS(")]
        expression = args[inner[0] - 1] if inner and inner[0] else ""
    found = re.findall(r"\bMMT_MARK_\w+", expression)
    table = re.match(r"(\w+)\[", expression)
    if table and not found:
        body = re.search(rf"\b{table.group(1)}\[\] = \{{(.*?)\n\}};", text, re.S)
        found = re.findall(r"\bMMT_MARK_\w+", body.group(1)) if body else []
    return found


def _check_value(key, macro, value):
    if macro == "MMT_TEXT":
        if key.kind not in TEXTS:
            return f"{key.name} is a number"
        wrong = [] if "(" in value or not key.choice or key.kind == "prose" \
            else [v for v in csource.strings(value) if v not in key.choice]
        return f"{key.name} is not {wrong}" if wrong else None
    if key.kind in TEXTS:
        return f"{key.name} is text"
    if (macro == "MMT_NUMBERS") != ("repeated" in key.flags):
        return f"{key.name}: one number, or several"
    return None


def _check_word(keys, arg):
    """Take the keys up to that of a word away; returns what is wrong."""
    macros = list(re.finditer(r'\b(MMT_TEXT|MMT_NUMBERS?)\(', arg))
    if len(macros) != 1:
        return None if arg == "MMT_NO_WORD" else f"{arg!r}: which word?"
    name, value = csource.arguments(arg, macros[0].end() - 1)[0][:2]
    while keys and f'"{keys[0].name}"' != name:
        if "optional" not in keys.pop(0).flags:
            return f"a word is missing before {name}, or it is unknown"
    if not keys:
        return f"{name} is unknown, or not here"
    key = keys.pop(0)
    if "MMT_NO_WORD" in arg and "optional" not in key.flags:
        return f"{name} can't be missing"
    return _check_value(key, macros[0].group(1), value)


def _check_words(keys, others, args):
    """@others: keys of the marks that the same call may write"""
    keys = [dataclasses.replace(key, choice=key.choice and sum(
        (k.choice for k in others if k.name == key.name), [])) for key in keys]
    for arg in args:
        what = _check_word(keys, arg)
        if what:
            return what
    missing = [k.name for k in keys if "optional" not in k.flags]
    return f"{missing[0]} is missing" if missing else None


def _check_literal(marks, text):
    """A mark in a string literal, the prefix left out"""
    name, _, rest = text.partition(" ")
    if name not in marks:
        return f"no mark is '{name}'"
    keys = marks[name]
    if keys and keys[0].kind == "prose":
        plain = iter("NM")
        plain = re.sub(r"%\w", lambda _: next(plain), rest).rstrip("\\n")
        return None if not rest or plain in keys[0].choice else f"'{rest}'"
    known = [k.name for k in keys]
    for key in re.findall(r"([\w-]+)=", rest):
        if key not in known:
            return f"{name} has no {key}=, or not here"
        known = known[known.index(key) + 1:]
    return None


def check_source(marks, text):
    """The marks that a source writes by their words; [(line, what is wrong)]"""
    enumerators = {"MMT_MARK_" + name.upper().replace("-", "_"): name
                   for name in marks}
    written, wrong = [], []
    for call in WORDS.finditer(text):
        args, _ = csource.arguments(text, call.end() - 1)
        if call.group(1) == "vfio_trace_log_own_mark":
            args = args[2:]
        elif args == ["__VA_ARGS__"]:
            continue
        found = _marks_of(text, call.start(), call.end())
        what = [] if found else ["which mark?"]
        what += [f"no mark is {m}" for m in found if m not in enumerators]
        names = [enumerators[m] for m in found if m in enumerators]
        forms = [marks[name] for name in names]
        what += filter(None, (_check_words(keys, sum(forms, []), args)
                              for keys in forms))
        wrong += [(csource.line_of(text, call.start()), one) for one in what]
        written += names
    for literal in re.finditer(r'(?<!#define )\bMMT_MARK_PREFIX\s*((?:"[^"]*"\s*|PRI\w+\s*)+)',
                               text):
        value = "".join(csource.strings(literal.group(1)))
        what = _check_literal(marks, value)
        wrong += [(csource.line_of(text, literal.start()), what)] if what else []
    return written, wrong
