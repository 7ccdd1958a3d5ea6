// The title of a chat while it is changed: in a box, and from then on until the server has dealt with it.
import { useState } from "react";

// `answered` counts how often the server has dealt with a title; the one that was typed is shown until it does again.
export const useRename = (title, answered) => {
  const [isOpen, setOpen] = useState(false);
  const [sent, setSent] = useState(null);
  const isWaiting = sent !== null && sent.answered === answered;
  const shown = isWaiting ? sent.title : title;
  const isNew = (typed) => typed.trim() !== "" && typed !== shown;
  return {
    isOpen,
    isWaiting,
    shown,
    isNew,
    open: () => setOpen(true),
    selectAll: (_typed, event) => event.target.select(),
    leave: (typed) => {
      if (isNew(typed)) setSent({ title: typed.trim(), answered });
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
