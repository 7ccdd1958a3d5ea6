// Says that what it stands beside is seen: at once in a tab that somebody looks at, else as soon as somebody does again.
import { useEffect } from "react";

export const WhenSeen = ({ onSeen }) => {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") onSeen();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return null;
};
