// The question that was sent last, while it may still be in its box. If its connection was dead without the page knowing,
// it goes again on the next one, under the name it had, so that it counts once.
const BOX_ID = "composer";
let sent = null;

export const noteSent = (text, name) => {
  sent = { text, name, at: location.pathname };
};

export const forgetSent = () => {
  sent = null;
};

export const sendAgain = () => {
  const box = document.getElementById(BOX_ID);
  if (!sent || box?.value !== sent.text || sent.at !== location.pathname) return;
  const name = box.form.elements.client_message_id;
  const present = name.value;
  name.value = sent.name;
  box.form.requestSubmit();
  name.value = present;
};

// A box that is typed in again is another question, also if it comes to read the same.
globalThis.addEventListener?.("input", ({ target }) => {
  if (target.id === BOX_ID && target.value !== sent?.text) forgetSent();
});
