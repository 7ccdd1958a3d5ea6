// Whether the list of chats is shown: beside the messages on a wide screen, as a drawer over them on a phone.
//
// An open drawer is an entry of the history above the one of its page, so that Back closes it. That entry alone says
// that it is open; there is no second place that could differ.
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

import { watched } from "./watched.js";

const LIST_ID = "conversations";
const OPENER = ".open-drawer";
const PHONE = "(max-width: 47.99rem)"; // as in chat.css
const HIDDEN = "chatapp-sidebar-hidden";
const { tell, useValue } = watched();
let routedKey = "default"; // of the entry that the router knows
let isClosing = false;

const isDrawerOpen = () => Boolean(history.state?.drawer) && matchMedia(PHONE).matches;
const isSidebarHidden = () => localStorage.getItem(HIDDEN) !== null;

export const useIsDrawerOpen = () => {
  useLocation(); // going elsewhere replaces the entry, which tells nobody
  return useValue(isDrawerOpen, false);
};

export const useIsSidebarHidden = () => useValue(isSidebarHidden, false);

export const openDrawer = () => {
  if (isDrawerOpen()) return;
  history.pushState({ ...history.state, idx: (history.state?.idx ?? 0) + 1, drawer: true }, "");
  tell();
};

export const closeDrawer = () => {
  if (!isDrawerOpen() || isClosing) return;
  isClosing = true;
  history.back();
};

export const toggleSidebar = () => {
  if (isSidebarHidden()) localStorage.removeItem(HIDDEN);
  else localStorage.setItem(HIDDEN, "");
  tell();
};

const onPopState = (event) => {
  isClosing = false;
  // The same page with or without its drawer: the router would load it again.
  if ((history.state?.key ?? "default") === routedKey) event.stopImmediatePropagation();
  tell();
};

const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

// For the list itself: brings the focus in and out, and returns what follows its links. The way from the drawer takes
// the place of the drawer's entry: Back leads to the page below, not to its drawer.
export const useDrawer = () => {
  const navigate = useNavigate();
  const isOpen = useIsDrawerOpen();
  routedKey = useLocation().key;
  useEffect(() => {
    const phone = matchMedia(PHONE);
    phone.addEventListener("change", tell);
    addEventListener("popstate", onPopState, true);
    return () => {
      phone.removeEventListener("change", tell);
      removeEventListener("popstate", onPopState, true);
    };
  }, []);
  useEffect(() => {
    if (!isOpen) return undefined;
    const list = document.getElementById(LIST_ID);
    list.focus();
    return () => {
      const focused = document.activeElement;
      if (focused === document.body || list.contains(focused)) document.querySelector(OPENER)?.focus();
    };
  }, [isOpen]);
  return (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !isDrawerOpen() || !isPlainClick(event)) return;
    event.preventDefault();
    navigate(link.pathname, { replace: true });
  };
};
