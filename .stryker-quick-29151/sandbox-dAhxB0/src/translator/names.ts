/**
 * The ASN.1 identifier of a field: `cosemAttributeDescriptor` is `cosem-attribute-descriptor`, and capitals in a row stay capitals:
 * `callingAPTitle` is `calling-AP-title`.
 */
export function identifier(field: string): string {
  const known = identifiers.get(field);
  if (known !== undefined) return known;
  const name = field.replaceAll(
    /([A-Z]+)(?=[A-Z][a-z]|$|\d)|([A-Z])/g,
    (_, capitals: string | undefined, one: string) =>
      capitals === undefined ? `-${one.toLowerCase()}` : `-${capitals}`,
  );
  const clean = name.startsWith('-') ? name.slice(1) : name;
  if (identifiers.size < 4096) identifiers.set(field, clean);
  return clean;
}
const identifiers = /* @__PURE__ */ new Map<string, string>();
