// Several chats at once. The boxes hold by themselves which are selected; this page alone knows whether they are shown.
import { watched } from "./watched.js";

const BOX = ".select-box";
const { tell, useValue } = watched();
let isSelecting = false;
let last = null; // the box that was pressed last: with Shift, the other end

const boxes = () => [...document.querySelectorAll(BOX)];
const selected = () => document.querySelectorAll(`${BOX}:checked`);

export const useIsSelecting = () => useValue(() => isSelecting, false);
export const useSelectedCount = () => useValue(() => selected().length, 0);

/** The ids of what is selected, as one text: a long message to the server may hold nothing else. */
export const selectedIds = () => [...selected()].map((box) => box.value).join(" ");

const setAll = (isChecked, range = boxes()) => {
  range.forEach((box) => {
    box.checked = isChecked;
  });
  tell();
};

export const selectAll = () => setAll(true);

export const startSelecting = () => {
  isSelecting = true;
  tell();
};

export const stopSelecting = () => {
  isSelecting = false;
  last = null;
  setAll(false);
};

/** For the list: pressing a box with Shift does the same to all between it and the one that was pressed before. */
export const onSelect = ({ target, shiftKey }) => {
  if (!target.matches(BOX)) return;
  const all = boxes();
  const ends = [all.indexOf(target), all.indexOf(last)].sort((one, other) => one - other);
  last = target;
  setAll(target.checked, shiftKey && ends[0] >= 0 ? all.slice(ends[0], ends[1] + 1) : [target]);
};
