// What the texts of a page still wait for, so that it can be printed when all of it is there.
const pending = new Set();

/** Notes that a text waits for `promise`, and returns it. */
export function awaited(promise) {
  const isOver = () => void pending.delete(promise);
  pending.add(promise);
  promise.then(isOver, isOver);
  return promise;
}

/** Whether no text waits for anything. */
export const isSettled = () => pending.size === 0;

/** Waits until no text waits for anything, and the page shows what came. */
export async function settled() {
  do {
    await Promise.allSettled(pending);
    await nextFrame();
    await nextFrame();
  } while (pending.size);
}

function nextFrame() {
  return new Promise((shown) => requestAnimationFrame(shown));
}
