// What is wider than its place, and scrolls in it, can be scrolled by keys: for as long it takes the focus, under a name.
// It is measured when its size or its content's has changed, which the browser knows by then.
const scrollers = new WeakMap();

const sizes =
  globalThis.ResizeObserver &&
  new ResizeObserver((changes) => {
    for (const box of new Set(changes.map(({ target }) => scrollers.get(target)))) update(box);
  });

function update({ box, name }) {
  const scrolls = box.scrollWidth > box.clientWidth;
  if (scrolls === box.hasAttribute("tabindex")) return;
  for (const [attribute, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": name })) {
    if (scrolls) box.setAttribute(attribute, value);
    else box.removeAttribute(attribute);
  }
}

function watch(name, box, content) {
  const scroller = { box, name };
  const watched = [box, content].filter(Boolean);
  for (const element of watched) {
    scrollers.set(element, scroller);
    sizes.observe(element);
  }
  return () => watched.forEach((element) => sizes.unobserve(element));
}

/** Properties of a box that scrolls what is in it. */
export const scrolling = (name) => ({ ref: (box) => (box ? watch(name, box, box.firstElementChild) : undefined) });

/** The same of what scrolls within the box around it. */
export const scrolled = (name) => ({ ref: (content) => (content ? watch(name, content.parentElement, content) : undefined) });
