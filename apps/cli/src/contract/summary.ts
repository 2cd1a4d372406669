import type { ContractReport } from '@agent-harbor/api-contract/diff';

/** `2 breaking (1 accepted), 3 additive, 1 neutral`. */
export const summaryOf = ({ breaking, additive, neutral, accepted }: ContractReport): string => {
  if (breaking + additive + neutral === 0) return 'Nothing changed.';
  const counts = [`${breaking} breaking`, `${additive} additive`, `${neutral} neutral`].join(', ');
  return accepted === 0 ? counts : `${counts} (${accepted} accepted)`;
};

type Found = ContractReport['findings'][number];

/** Who sends what changed; a whole route has both sides, and so has what is said of many. */
export const directionOf = ({ place, routes, direction }: Found): string => {
  if (place === routes[0] || /^(?:document|security)(?: · |$)|^(?:securitySchemes|components)\//.test(place))
    return '';
  return direction === 'event' ? ' in an event' : ` in a ${direction}`;
};

/** The first routes, and how many more there are. */
export const listRoutes = (routes: readonly string[], most = 3): string => {
  // One more says no less than "and 1 more".
  if (routes.length <= most + 1) return routes.join(', ');
  return `${routes.slice(0, most).join(', ')} and ${routes.length - most} more`;
};
