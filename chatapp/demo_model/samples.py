"""The short texts that the demo model says. Long ones are put together in long_answer."""

GREETING = """\
Hello! I am the **built-in demo model** of this app. I am not an AI: I only say what I was scripted to say, so that \
you can see how everything works before you connect a real model.

**To connect a real model**, set the address and the key of any OpenAI-compatible server and restart:

```bash
export OPENAI_BASE_URL=https://api.openai.com/v1
export OPENAI_API_KEY=sk-your-own-key
make run
```

Or start [Ollama](https://ollama.com) on this machine and reload this page half a minute later: it is detected \
automatically.

Until then, you can ask me for

- a `table`, some `code`, some `maths`, or my `reasoning`, all in one question if you like
- `count 100`, or `long 2000` for an answer of that many tokens (`long 2000 at 400` for a faster one)
- something `slow`, or `wait 5` for an answer that takes its time to begin
- `repeat exactly: your text`
- `fail drop` and other ways to break, to see that nothing gets lost
"""

SLOW = """\
Some models think at a walking pace, and so do I right now: five tokens a second. Nothing is wrong, and you may leave \
and come back."""

BROKEN_OFF = """\
This answer begins like any other, and it is long enough to have a middle and an end. If you asked for a fault in the \
middle of it, you will not read this sentence unless you ask to continue. With that, the answer is complete."""

REASONING = """\
The person would like to see how I reason. I am scripted, so I must not pretend to think. \
What I can do is show where such text appears: a real model that reasons sends it before its answer, and the page \
keeps it folded until somebody wants to read it.

Let me check with a small sum: 17 · 24 = 17 · 20 + 17 · 4 = 340 + 68 = 408. That is right, so I can answer."""

AFTER_REASONING = """\
**17 · 24 = 408.** How I got there is folded away above: real models that reason send such text before their answer."""

_TABLE = """\
Here are the planets, from the sun outwards:

| Planet | Mean radius (km) | Distance from the sun (million km) | Length of a year |
|:-------|-----------------:|-----------------------------------:|-----------------:|
| Mercury | 2,440 | 57.9 | 88 days |
| Venus | 6,052 | 108.2 | 225 days |
| Earth | 6,371 | 149.6 | 365 days |
| Mars | 3,390 | 227.9 | 687 days |
| Jupiter | 69,911 | 778.5 | 11.9 years |
| Saturn | 58,232 | 1,432 | 29.4 years |
| Uranus | 25,362 | 2,867 | 83.8 years |
| Neptune | 24,622 | 4,515 | 163.7 years |

Jupiter alone has more than **twice** the mass of all the others together."""

_CODE = """\
In Python there are two usual ways to reverse a list:

```python
def reversed_copy(items: list[str]) -> list[str]:
    \"\"\"A new list with the items in reverse order; the given one stays as it is.\"\"\"
    return items[::-1]


planets = ["Mercury", "Venus", "Earth", "Mars"]
print(reversed_copy(planets))  # ['Mars', 'Earth', 'Venus', 'Mercury']

planets.reverse()  # in place: nothing is copied, and nothing returned
```

Take the copy while somebody else may still be using the list; `reverse()` saves memory for very long ones."""

_MATHS = """\
A quadratic equation $$ax^2 + bx + c = 0$$ with $$a \\neq 0$$ has the solutions

$$
x_{1,2} = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}
$$

For example, $$x^2 - 5x + 6 = 0$$ gives

$$
x_{1,2} = \\frac{5 \\pm \\sqrt{25 - 24}}{2}, \\qquad x_1 = 3, \\quad x_2 = 2
$$

What stands under the root decides: above zero there are two real solutions, at zero one, below zero none."""

# In the order in which they are said when a question asks for several.
SHOWN = {"table": _TABLE, "code": _CODE, "maths": _MATHS}
