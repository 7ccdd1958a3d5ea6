// A block of mermaid: its drawing, with a button that shows the code. Until there is a drawing, it is the code.
import { createElement, useEffect, useState } from "react";

import { draw, knownDrawing } from "./diagram_drawing.js";
import { DIAGRAM, SHOW_CODE, SHOW_DIAGRAM } from "./words.js";

/** How much smaller a drawing may get before it scrolls instead: its words are 16 pixels high. */
const LEAST_SHARE = 0.6;

/** `children` makes the block of code, with a button in its header if one is given. */
export default function AnswerDiagram({ code, children }) {
  const drawing = useDrawing(code);
  const [isCodeWanted, wantCode] = useState(false);
  const isDrawn = Boolean(drawing) && !isCodeWanted;
  const props = { type: "button", className: "diagram-switch", onClick: () => wantCode(isDrawn) };
  const button = drawing && createElement("button", props, isDrawn ? SHOW_CODE : SHOW_DIAGRAM);
  return createElement(
    "div",
    { className: "diagram", "data-testid": "diagram", "data-shows": isDrawn ? "drawing" : "code" },
    children(button),
    isDrawn && createElement(Drawing, drawing),
  );
}

function useDrawing(code) {
  const [drawing, setDrawing] = useState(() => knownDrawing(code));
  useEffect(() => {
    let isCurrent = true;
    draw(code).then((made) => isCurrent && setDrawing(made));
    return () => void (isCurrent = false);
  }, [code]);
  return drawing;
}

/** Both are there, and the stylesheet shows one: the page may turn dark at any time, and paper is light. */
function Drawing({ light, dark }) {
  const picture = ({ source: src, width, height }, className) =>
    createElement("img", { src, width, height, className, alt: DIAGRAM, style: { maxWidth: `max(100%, ${LEAST_SHARE * width}px)` } });
  return createElement(
    "div",
    { className: "drawing", tabIndex: 0, role: "group", "aria-label": DIAGRAM },
    picture(light, "light-only"),
    picture(dark, "dark-only"),
  );
}
