"""The subjects of long answers: true sentences about everyday things. Text only; long_answer puts it in order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject with sentences for paragraphs and points for lists."""

    title: str
    sentences: tuple[str, ...]
    points: tuple[str, ...]


THEMES = (
    Theme(
        "Tides",
        (
            "The moon pulls harder on the near side of the earth than on the far side, and the sea bulges on both.",
            "Most coasts therefore see two high waters in a little less than twenty-five hours.",
            "When the sun and the moon pull in one line, the range is largest; sailors call that a **spring tide**.",
            "A week later they pull at right angles, and the *neap tide* hardly covers the sand.",
        ),
        ("Look up high water for the port", "Add an hour in summer time", "Keep a third of the depth in reserve"),
    ),
    Theme(
        "Bread",
        (
            "Flour, water, salt and time are all that bread needs; yeast is in the air and on the grain.",
            "Kneading lines up the gluten, which then holds the gas that the yeast gives off.",
            "A slow night in the cold gives more taste than a quick hour in the warm.",
            "A good loaf at the baker's is $5 to $10, and the flour for it is less than $1.",
        ),
        ("Mix flour and water, and let them rest", "Add salt and starter", "Fold every half hour", "Bake very hot"),
    ),
    Theme(
        "Maps",
        (
            "No flat map can keep both the shapes and the areas of a round earth.",
            "Mercator's projection keeps angles, which is why navigators loved it and why Greenland looks so large.",
            "Contour lines join places of equal height: where they crowd, the ground is steep.",
            "A scale of `1:25000` means that four centimetres on paper are one kilometre on foot.",
        ),
        ("Turn the map to the north", "Find two landmarks", "Count contour lines before you trust a short cut"),
    ),
    Theme(
        "Bridges",
        (
            "A beam carries its load by bending, an arch by pressing, and a suspension bridge by pulling.",
            "Stone is strong only when it is pressed, so the Romans built arches.",
            "Steel made cables possible, and cables made spans of more than a kilometre possible.",
            "Every long bridge has joints, because steel grows about a hundredth of a millimetre per metre and degree.",
        ),
        ("Dead load: the bridge itself", "Live load: whatever crosses it", "Wind, water, heat and time"),
    ),
    Theme(
        "Bees",
        (
            "A honey bee that has found flowers dances the direction to them on the comb.",
            "The angle to the vertical is the angle to the sun, and the length of the waggle is the distance.",
            "The cells are hexagons because that shape holds the most honey for the least wax.",
            "One bee makes about a twelfth of a teaspoon of honey in her life.",
        ),
        ("Leave wild corners in the garden", "Plant for early spring and late autumn", "Offer shallow water"),
    ),
    Theme(
        "Clocks",
        (
            "The swing of a pendulum depends on its length and hardly on how far it swings.",
            "Ships could not carry pendulums, so longitude had to wait for John Harrison's marine chronometer.",
            "A quartz watch counts 32,768 vibrations a second, because that is two to the power of fifteen.",
            "Satellite navigation works only with clocks that allow for relativity.",
        ),
        ("Sundial: good to a few minutes", "Pendulum: a second a day", "Quartz: a few seconds a month"),
    ),
    Theme(
        "Forests",
        (
            "A tree trunk grows one ring a year: wide in a good summer, narrow in a dry one.",
            "Most of the wood is carbon that was in the air, not in the soil.",
            "Roots and fungi trade sugar for water and minerals; the fine threads reach much further than the roots.",
            "An old oak is home to hundreds of kinds of insects, which > 100 kinds of birds and bats feed on.",
        ),
        ("Broad leaves drop in autumn", "Needles stay for years", "Dead wood is full of life"),
    ),
    Theme(
        "Music",
        (
            "An octave is a doubling of frequency, and the ear hears the two notes as the same one, only higher.",
            "Twelve equal steps make an octave, so each step multiplies the frequency by the twelfth root of two.",
            "The A above middle C is tuned to 440 Hz by agreement; orchestras often play a little above.",
            "A minor third and a major third together make a perfect fifth, and a triad.",
        ),
        ("Tune to a fork, not to a neighbour", "Practise slowly", "Stop before you are tired"),
    ),
    Theme(
        "Rivers",
        (
            "Water in a bend runs faster outside, where it eats the bank, and slower inside, where it leaves sand.",
            "So a bend grows until the river cuts through its neck and leaves an oxbow lake behind.",
            "A river carries boulders in floods, gravel in spring, and nothing but clouds of silt in summer.",
            "Near the sea the fall is a few centimetres a kilometre, and a delta begins.",
        ),
        ("Source", "Upper course: steep and narrow", "Middle course: bends", "Lower course: wide and slow"),
    ),
    Theme(
        "Numbers",
        (
            "There are infinitely many primes: multiply all you know, add one, and a new one divides the result.",
            "The harmonic series grows without limit, but it takes more than 12,000 terms to pass ten.",
            "In any group of twenty-three people, two more likely than not share a birthday.",
            "Zero came to Europe with the Indian figures, by way of Baghdad and Fibonacci's book of 1202.",
        ),
        ("Guess first", "Calculate second", "Compare, and be surprised"),
    ),
)
