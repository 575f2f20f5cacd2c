// A served OpenAPI document: builds requests from its examples, and holds answers against its schemas. Debian's ajv speaks
// draft 7 of JSON Schema; the document uses only what that and OpenAPI's 2020-12 mean alike. NODE_PATH leads to it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const Ajv = createRequire(import.meta.url)('ajv');
const methods = ['get', 'put', 'post', 'delete'];

// Clients must bear fields that are new to them; here one that is not described is a fault.
function refuseOtherFields(schema) {
  if (schema === null || typeof schema !== 'object') return;
  if (schema.properties && !('additionalProperties' in schema)) schema.additionalProperties = false;
  Object.values(schema).forEach(refuseOtherFields);
}

export class ApiDocument {
  #document;
  #ajv = new Ajv({ unknownFormats: ['uint64'], jsonPointers: true });
  reached = new Set(); // "listKeys 200"

  constructor(document) {
    this.#document = document;
    refuseOtherFields(document.components.schemas);
    for (const schema of Object.values(document.components.schemas)) this.#validator(schema);
  }

  #resolve(part) {
    if (!part?.$ref) return part;
    return part.$ref.slice(2).split('/').reduce((at, name) => at[name], this.#document);
  }

  // operationId -> { path, method, operation, parameters }
  operations() {
    const all = new Map();
    for (const [path, item] of Object.entries(this.#document.paths)) {
      for (const method of methods.filter((name) => item[name])) {
        const operation = item[method];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
        all.set(operation.operationId, { path, method, operation, parameters: parameters.map((part) => this.#resolve(part)) });
      }
    }
    return all;
  }

  // What the document has as examples, unless `given` has something else: { path, query, headers, body, method }.
  request(id, given = {}) {
    const known = this.operations().get(id);
    assert.ok(known, `the document has no ${id}`);
    const values = (place) => {
      const inPlace = known.parameters.filter((parameter) => parameter.in === place && 'example' in parameter);
      return { ...Object.fromEntries(inPlace.map(({ name, example }) => [name, example])), ...given[place] };
    };
    const inPath = values('path');
    const path = known.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(inPath[name]));
    const query = new URLSearchParams(values('query')).toString();
    const method = (given.method ?? known.method).toUpperCase();
    return [path + (query && `?${query}`), { method, headers: given.headers ?? {}, body: this.#body(known.operation, given) }];
  }

  #body(operation, given) {
    if ('body' in given) return given.body;
    const [content] = Object.values(operation.requestBody?.content ?? {});
    if (!content) return undefined;
    if (content.schema) this.#hold(content.schema, content.example, 'the example of a body');
    return content.schema ? JSON.stringify(content.example) : content.example;
  }

  // Is this answer what the document promises? Returns its body. `listed`: under which name; the status unless it is default.
  check(id, { status, headers, text }, listed = String(status)) {
    const response = this.#resolve(this.operations().get(id).operation.responses[listed]);
    assert.ok(response, `${id}: ${status} is not listed: ${text}`);
    this.reached.add(`${id} ${listed}`);
    this.#checkHeaders(id, response.headers ?? {}, headers);
    if (!response.content) {
      assert.equal(text, '', `${id} ${status} has no body`);
      return undefined;
    }
    const type = headers.get('content-type').split(';')[0];
    assert.ok(type in response.content, `${id} ${status}: ${type} is not listed`);
    const body = type === 'application/json' ? JSON.parse(text) : text;
    const { schema } = response.content[type];
    if (schema) this.#hold(schema, body, `${id} ${status}`);
    if (response['x-codes']) assert.ok(response['x-codes'].includes(body.error.code), `${id} ${status}: ${text}`);
    return body;
  }

  #checkHeaders(id, described, headers) {
    for (const [name, part] of Object.entries(described)) {
      const { required, schema } = this.#resolve(part);
      const value = headers.get(name);
      assert.ok(value !== null || !required, `${id}: ${name} is missing`);
      if (value !== null) this.#hold(schema, schema.type === 'integer' ? Number(value) : value, `${id}: ${name}`);
    }
  }

  // A message of the stream of operation `id`.
  checkEvent(id, type, data) {
    const { content } = this.operations().get(id).operation.responses['200'];
    const schema = content['text/event-stream']['x-events'][type];
    assert.ok(schema, `${id}: no message ${type} is listed`);
    this.#hold(schema, data, `${id}: message ${type}`);
    this.reached.add(`${id} ${type}`);
  }

  #validator(schema) {
    return this.#ajv.compile({ allOf: [schema], components: this.#document.components });
  }

  #hold(schema, value, what) {
    const validate = this.#validator(schema);
    assert.ok(validate(value), `${what}: ${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`);
  }

  // All that can be reached: "ID STATUS", "ID default" and "ID MESSAGE" of streams.
  promised() {
    return [...this.operations()].flatMap(([id, { operation }]) => {
      const messages = Object.values(operation.responses).flatMap((response) =>
        Object.values(this.#resolve(response).content ?? {}).flatMap((content) => Object.keys(content['x-events'] ?? {})),
      );
      return [...Object.keys(operation.responses), ...messages].map((name) => `${id} ${name}`);
    });
  }
}
