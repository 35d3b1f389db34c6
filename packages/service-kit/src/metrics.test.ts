import { describe, expect, test } from '@jest/globals';
import { createMetrics } from './metrics.ts';

function createCounted() {
  const lines: string[] = [];
  const now = () => new Date(Date.UTC(2030, 0, 1));
  const write = (line: string) => void lines.push(line);
  const metrics = createMetrics({ now, write, service: 'news', environment: 'staging' });
  return { metrics, read: () => lines.splice(0).map(line => JSON.parse(line)) };
}

describe('metrics', () => {
  test('are one line of the embedded metric format for each route and class of status', () => {
    const { metrics, read } = createCounted();
    metrics.countRequest('/news/articles/:id', 200, 3);
    metrics.countRequest('/news/articles/:id', 304, 1);
    metrics.countRequest('/news/articles/:id', 200, 5);
    metrics.flush();
    const [ok, unchanged] = read();
    expect(ok).toEqual({
      _aws: {
        Timestamp: Date.UTC(2030, 0, 1),
        CloudWatchMetrics: [
          {
            Namespace: 'Slipway',
            Dimensions: [['Service', 'Environment', 'Route', 'Status']],
            Metrics: [
              { Name: 'Requests', Unit: 'Count' },
              { Name: 'Latency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Service: 'news',
      Environment: 'staging',
      Route: '/news/articles/:id',
      Status: '2xx',
      Requests: 2,
      Latency: [3, 5],
    });
    expect(unchanged).toMatchObject({ Status: '3xx', Requests: 1 });
  });

  test('of a service count what happened since the last time, and nothing twice', () => {
    const { metrics, read } = createCounted();
    metrics.count('SignIns');
    metrics.count('SignIns', 2);
    metrics.count('Refusals');
    metrics.flush();
    expect(read()).toEqual([expect.objectContaining({ Service: 'news', SignIns: 3, Refusals: 1 })]);
    metrics.flush();
    expect(read()).toEqual([]);
  });

  test('of very many requests are a hundred values that are spread as they are', () => {
    const { metrics, read } = createCounted();
    for (let count = 0; count < 980; count += 1) metrics.countRequest('/news', 200, count % 10);
    for (let count = 0; count < 19; count += 1) metrics.countRequest('/news', 200, 100);
    metrics.countRequest('/news', 200, 5000);
    metrics.flush();
    const [{ Requests, Latency }] = read();
    expect(Requests).toBe(1000);
    expect(Latency).toHaveLength(100);
    expect(Latency.filter((ms: number) => ms < 10).length).toBeGreaterThanOrEqual(97);
    expect(Latency.slice(-2)).toEqual([100, 5000]);
  });
});
