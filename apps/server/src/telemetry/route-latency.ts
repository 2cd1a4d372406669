import type { Family } from '@agent-harbor/core';
import { Histogram } from './histogram.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'];
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'];
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** More routes than any contract has: whatever else is told as one is counted together. */
const mostRoutes = 300;

/** How long answers took, by route, method and class of status: each from a closed list, whatever is sent. */
export class RouteLatency {
  /** By the name of the route; at the place of method and status, as far as there was one. */
  private readonly routes = new Map<string, (Histogram | undefined)[]>();
  /** Of what has no route. */
  private readonly without: (Histogram | undefined)[] = [];

  constructor() {
    this.routes.set('', this.without);
  }

  observe(route: string, method: string, status: number, seconds: number): void {
    let histograms = this.routes.get(route);
    if (histograms === undefined) {
      histograms = this.routes.size < mostRoutes ? [] : this.without;
      if (histograms !== this.without) this.routes.set(route, histograms);
    }
    const verb = methods.indexOf(method);
    const family = Math.floor(status / 100) - 1;
    const place = (verb < 0 ? methods.length - 1 : verb) * classes.length + (classes[family] ? family : 5);
    let histogram = histograms[place];
    if (histogram === undefined) {
      histogram = new Histogram(bounds);
      histograms[place] = histogram;
    }
    histogram.observe(seconds);
  }

  family(): Family {
    return {
      name: 'agent_harbor_http_request_duration_seconds',
      help: 'How long requests took until their answer was ready, or their stream began; without a route `none`.',
      type: 'histogram',
      samples: [...this.routes].flatMap(([route, histograms]) =>
        histograms.flatMap((histogram, place) => {
          const method = methods[Math.floor(place / classes.length)] ?? '';
          const status = classes[place % classes.length] ?? '';
          return histogram?.samples({ route: route === '' ? 'none' : route, method, status }) ?? [];
        }),
      ),
    };
  }
}
