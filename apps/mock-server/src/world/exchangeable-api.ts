import type { Api } from '@agent-harbor/rest-api';

/** An API whose inside can be exchanged while it is served. */
export interface ExchangeableApi extends Api {
  /** Requests that begin from now on are answered by `next`; those that have begun end where they began. */
  exchange(next: Api): void;
}

export const createExchangeableApi = (first: Api): ExchangeableApi => {
  let current = first;
  let isStopping = false;
  const homes = new WeakMap<object, Api>();
  const homeOf = (exchange: object): Api => homes.get(exchange) ?? current;
  return {
    routes: first.routes,
    handle: (incoming) => current.handle(incoming),
    begin(incoming) {
      const exchange = current.begin(incoming);
      homes.set(exchange, current);
      return exchange;
    },
    enter: (exchange) => homeOf(exchange).enter(exchange),
    answer: (entered) => homeOf(entered.exchange).answer(entered),
    readBody: (entered) => homeOf(entered.exchange).readBody(entered),
    perform: (entered, input, body) => homeOf(entered.exchange).perform(entered, input, body),
    fail: (exchange, error) => homeOf(exchange).fail(exchange, error),
    stop() {
      isStopping = true;
      return current.stop();
    },
    get isStopping() {
      return isStopping;
    },
    exchange(next) {
      current = next;
    },
  };
};
