// The title of a chat while it is changed: in a box, and from then on until the server has dealt with it.
import { useState } from "react";

// `dealtWith` names the titles that the server has dealt with lately: until the one that was typed is among them, it is
// shown, and whoever shows it sends it.
export const useRename = (title, dealtWith) => {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState({ id: "", title: "" });
  const isWaiting = typed.id !== "" && !dealtWith.includes(typed.id);
  const shown = isWaiting ? typed.title : title;
  const isNew = (text) => text.trim() !== "" && text !== shown;
  return {
    isOpen,
    isWaiting,
    shown,
    id: typed.id,
    open: () => setOpen(true),
    selectAll: (_text, event) => event.target.select(),
    leave: (text) => {
      if (isNew(text)) setTyped({ id: String(performance.timeOrigin + performance.now()), title: text.trim() });
      setOpen(false);
    },
    // Both leave the box, which keeps what is in it: Escape puts the old title there first.
    onKey: (key, _held, event) => {
      if (event.nativeEvent.isComposing || (key !== "Enter" && key !== "Escape")) return;
      event.preventDefault();
      if (key === "Escape") event.currentTarget.value = shown;
      event.currentTarget.blur();
    },
  };
};
