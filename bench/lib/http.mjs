// Small requests beside the load: who leads, what a counter says.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

// Resolves with status and text of any answer; rejects where there is none in time.
export function ask(method, url, { body, headers = {}, timeout = 2000 } = {}) {
  return new Promise((done, fail) => {
    const asked = request(url, { method, headers, agent, timeout }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', fail);
      answer.on('end', () => done({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} does not answer within ${timeout} ms`)));
    asked.on('error', fail);
    asked.end(body);
  });
}

export async function askJson(method, url, options) {
  const { status, text } = await ask(method, url, options);
  if (status !== 200) throw new Error(`${method} ${url}: ${status} ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
