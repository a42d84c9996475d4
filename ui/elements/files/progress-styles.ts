import { css } from 'lit';

/** The look of `progressRing`. */
export const progressStyles = css`
  .track {
    opacity: 0.25;
  }
  .turning {
    transform-box: view-box;
    transform-origin: center;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .turning {
      animation: none;
    }
  }
`;
