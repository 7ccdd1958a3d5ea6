// Values that scripts keep outside of React, and components show: whoever changes one tells those that watch.
import { useSyncExternalStore } from "react";

/** `tell` has the components look again that use `useValue`, which returns what `read` does, and `empty` where a page is
 * built. */
export const watched = () => {
  const watchers = new Set();
  const watch = (watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  };
  return {
    tell: () => watchers.forEach((watcher) => watcher()),
    useValue: (read, empty) => useSyncExternalStore(watch, read, () => empty),
  };
};
