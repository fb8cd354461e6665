# SPDX-License-Identifier: MIT
"""Tables of HTML, of pages and of what is returned to a notebook."""
import html
import unicodedata


def esc(text):
    """Text in HTML, where there are no control characters, nor bytes that are
    no text."""
    return html.escape("".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")
        else "\ufffd" for c in str(text)))


def table(head, rows):
    """A table that scrolls by itself where it is too wide."""
    lines = ["<tr>" + "".join(f"<th>{esc(x)}</th>" for x in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{esc(x)}</td>" for x in row) + "</tr>"
              for row in rows]
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"


def text_of(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def html_of(result):
    """A named tuple as a notebook shows it: its numbers, and what they are by
    its `words`, with the unit in place of {}."""
    unit = getattr(result, "units", "1")
    return table(["", "", ""], [
        (name, text_of(value), result.words[name].format(
            "" if unit == "1" else f" ({unit})"))
        for name, value in result._asdict().items() if name in result.words])
