/**
 * Ends with 0 if the feed in this container is well. ECS runs it every half minute inside the container, whose image
 * has no other client: so it loads nothing but Node's own.
 */
import { get } from 'node:http';

const { HOST: host = '127.0.0.1', PORT: port = '3001' } = process.env;
const limitMs = 3000;

const request = get(`http://${host}:${port}/healthz`, { agent: false, timeout: limitMs }, answer => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
});
request.once('timeout', () => request.destroy());
request.once('error', () => {
  process.exitCode = 1;
});
