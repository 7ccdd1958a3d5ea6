// Whether a reader is away from the latest message, for the stylesheet, which shows the way back then: not every browser
// ties styles to scrolling. The scroller counts from its end.
const AWAY_PIXELS = 48;

export const noteAway = ({ currentTarget: scroller }) =>
  scroller.parentElement.toggleAttribute("data-away", scroller.scrollTop < -AWAY_PIXELS);
