import { dataFromJson, type JsonData } from './data-json.js';
import { type Check, check } from './json-check.js';

/** Data in JSON, checked and kept as JSON. */
export const dataCheck: Check<JsonData> = /* @__PURE__ */ check(
  {
    type: 'object',
    description: 'Data: a type with value, hex, text or bits',
    properties: { type: { type: 'string' } },
    required: ['type'],
  },
  (v) => {
    dataFromJson(v);
    return v as JsonData;
  },
);
