// Whether one can read what is typed as a password.
import { useState } from "react";

export const useShownPassword = () => {
  const [isShown, setShown] = useState(false);
  return { isShown, toggle: () => setShown((wasShown) => !wasShown) };
};
