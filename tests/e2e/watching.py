"""What the browser itself measures for the tests of the look: sizes, colours, and what changes from frame to frame."""

SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll(".scroller, .sidebar-list, .main")]
  .filter(box => box.scrollWidth > box.clientWidth).map(box => box.className || box.tagName)"""

# The canvas mixes half transparent colours of any notation just as the page does.
CONTRAST = """element => {
  const painter = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
  const paint = colour => { painter.fillStyle = colour; painter.fillRect(0, 0, 1, 1); };
  const luminance = () => [...painter.getImageData(0, 0, 1, 1).data].slice(0, 3)
    .map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const around = [];
  for (let box = element; box; box = box.parentElement) around.unshift(box);
  around.forEach(box => paint(getComputedStyle(box).backgroundColor));
  const behind = luminance();
  paint(getComputedStyle(element).color);
  const [dark, light] = [behind, luminance()].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}"""

EDGE = """field => {
  let box = field;
  while (box !== document.body && !parseFloat(getComputedStyle(box).borderBottomWidth)) box = box.parentElement;
  return box;
}"""
"""What has the line that shows where a field is: the field, or a frame around it."""

EDGE_CONTRASTS = tuple(
    CONTRAST.replace("element).color", "element).borderBottomColor").replace("let box = element;", f"let box = {side};")
    for side in ("element", "element.parentElement")
)
"""Of that line with what is inside of it, and outside."""

WATCH_OLD_ROWS = """list => {
  const live = list.lastElementChild;
  window.moved = [];
  new MutationObserver(records => records
    .filter(({target}) => list.contains(target) && !live.contains(target))
    .forEach(record => window.moved.push(record.type + " in " + record.target.nodeName)))
    .observe(list, {subtree: true, childList: true, characterData: true, attributes: true});
}"""

# A resize observer sees each height that is painted, and none that is only there between two frames.
WATCH_HEIGHT = """row => {
  const list = row.parentElement, id = row.dataset.messageId, heights = window.heights = new Set();
  const sizes = new ResizeObserver(seen => seen
    .filter(one => one.target.closest("[data-message-id]")?.dataset.messageId === id)
    .forEach(one => heights.add(Math.round(one.contentRect.height))));
  const watch = () => sizes.observe(list.querySelector(`[data-message-id="${id}"] .answer`));
  watch();
  new MutationObserver(watch).observe(list, {childList: true});
}"""

WATCH_COLOURS = """() => {
  window.colours = [];
  const look = () => {
    requestAnimationFrame(look);
    const block = document.querySelector("[data-streamdown=code-block]");
    if (!block) return;
    const isOpen = block.querySelector("[data-testid=copy-code]").disabled;
    const used = new Set([...block.querySelectorAll("code span")].map(part => getComputedStyle(part).color)).size;
    const state = (isOpen ? "open " : "closed ") + (used > 2 ? "coloured" : "plain");
    if (state !== window.colours.at(-1)) window.colours.push(state);
  };
  look();
}"""


MOTIONS = """document.getAnimations().filter(motion => motion.timeline instanceof DocumentTimeline)
  .map(motion => motion.animationName)"""
"""What moves by itself; not what is tied to the place of a scroll bar."""

# What goes over a websocket takes EACH_WAY_MS, to the server as from it.
SLOW_SOCKETS = """
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  send(data) { setTimeout(() => super.send(data), EACH_WAY_MS); }
  set onmessage(handler) { super.onmessage = event => setTimeout(() => handler(event), EACH_WAY_MS); }
};
"""

# From the click to the first frame in which one sees it.
UNTIL_SEEN = """selector => {
  window.untilSeen = new Promise(resolve => addEventListener("click", ({timeStamp}) => {
    const isSeen = one => one.checkVisibility({visibilityProperty: true});
    const look = () => [...document.querySelectorAll(selector)].some(isSeen)
      ? resolve(performance.now() - timeStamp) : requestAnimationFrame(look);
    look();
  }, {capture: true, once: true}));
}"""
