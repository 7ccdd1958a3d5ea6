// Reordering the messages that wait with a mouse: a row carries its id to the row in whose place it is dropped.

const TYPE = "application/x-queued-message";

export const carry = ({ dataTransfer, currentTarget }) => {
  dataTransfer.setData(TYPE, currentTarget.dataset.messageId);
  dataTransfer.effectAllowed = "move";
};

export const allow = (event) => {
  if (event.dataTransfer.types.includes(TYPE)) event.preventDefault();
};

// "" of anything else that is dropped there.
export const carried = (event) => {
  const id = event.dataTransfer.getData(TYPE);
  if (id) event.preventDefault();
  return id;
};
