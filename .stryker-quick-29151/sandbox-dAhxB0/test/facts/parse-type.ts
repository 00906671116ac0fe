/** The type notation of cosem-classes.json, see README.md beside this file. */
export type Type =
  | { kind: 'array'; of: Type }
  | { kind: 'structure'; members: { name: string; type: Type }[] | null }
  | { kind: 'choice'; options: Type[] }
  | { kind: 'primitive'; name: string; size?: number; format?: string; labels?: { value: string; label: string }[] };

export function parseType(text: string): Type {
  let at = 0;
  const skip = () => {
    while (text[at] === ' ') at++;
  };
  const is = (token: string): boolean => {
    skip();
    return text.startsWith(token, at);
  };
  const take = (token: string): boolean => {
    if (!is(token)) return false;
    at += token.length;
    return true;
  };
  const word = (pattern: RegExp): RegExpExecArray => {
    skip();
    const m = new RegExp(pattern.source, 'y');
    m.lastIndex = at;
    const hit = m.exec(text);
    if (hit === null) throw new Error(`${pattern} expected at ${at} of ${text}`);
    at += hit[0].length;
    return hit;
  };
  const list = <T>(one: () => T, separator: string): T[] => {
    const out = [one()];
    while (take(separator)) out.push(one());
    word(/\}/);
    return out;
  };
  const type = (): Type => {
    if (take('array of ')) return { kind: 'array', of: type() };
    if (take('structure of ANY')) return { kind: 'structure', members: null };
    if (take('structure {'))
      return {
        kind: 'structure',
        members: list(() => ({ name: word(/([A-Za-z][\w+-]*):/)[1] as string, type: type() }), ','),
      };
    if (take('CHOICE {')) return { kind: 'choice', options: list(type, '|') };
    const [name] = word(/[A-Za-z][A-Za-z0-9-]*/);
    const out: Type = { kind: 'primitive', name };
    if (text[at] === '[') out.size = Number(word(/\[(\d+)\]/)[1]);
    if (text[at] === '(') out.format = word(/\((date-time|date|time)\)/)[1] as string;
    if (take('{'))
      out.labels = list(() => {
        const [, value, label] = word(/((?:bit)?\d+): ([^,{}|]+?)(?= ?[,}])/);
        return { value: value as string, label: label as string };
      }, ',');
    return out;
  };
  const result = type();
  if (at !== text.length) throw new Error(`trailing text at ${at} of ${text}`);
  return result;
}
