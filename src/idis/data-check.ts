import type { JsonObject } from '../axdr/json.js';
import { dataFromJson } from './data-json.js';
import { type Check, check } from './json-check.js';

/** Checks Data in JSON, and keeps it as JSON. */
export const dataCheck: Check<JsonObject> = /* @__PURE__ */ check(
  {
    type: 'object',
    description: 'Data: a type and its value',
    properties: { type: { type: 'string' } },
    required: ['type'],
  },
  (v) => {
    dataFromJson(v);
    return v as JsonObject;
  },
);
