import type { AssociationConfig } from '../server/association.js';
import { effectiveRights } from '../server/check-config.js';
import {
  type AccessContext,
  AccessRefused,
  type CosemObject,
  type ServedAttribute,
  type ServedMethod,
} from '../server/object.js';
import { type AssociationLnOptions, associationLnObject } from '../server/objects/association-ln.js';
import type { EngineObject } from './object.js';
import type { ObjectSpace } from './space.js';

/**
 * An association with the users of its object in the engine; an empty list admits any user.
 * @param object an Association LN object of the engine, with the logical name of the association
 */
export function withUsers(config: AssociationConfig, object: EngineObject): AssociationConfig {
  return {
    ...config,
    get users() {
      const users = object.get('userList') as readonly { readonly userId: number }[];
      return users.length === 0 ? (undefined as never) : users.map((u) => u.userId);
    },
  };
}

/**
 * Offers the association objects of a logical device to clients: what the server knows about each association, together
 * with the secret and the users from the Association LN objects of the same names in the engine. 0-0:40.0.0*255 is the
 * association of the client that asks.
 */
export function serveAssociations(
  space: ObjectSpace,
  configs: readonly AssociationConfig[],
  options: Omit<AssociationLnOptions, 'objects'> = {},
): void {
  const { served } = space;
  space.rightsOf = ({ association }) => {
    const config = configs.find((c) => c.logicalName === association);
    return config === undefined ? undefined : effectiveRights(config);
  };
  for (const config of configs) {
    const own = space.get(config.logicalName);
    const known = associationLnObject(config, { objects: served, ...options });
    served.add(own === undefined ? known : joined(known, own, () => own));
  }
  const all = configs.flatMap((c) => space.get(c.logicalName) ?? []);
  const [first] = all;
  const known = associationLnObject(configs, { objects: served, ...options });
  served.add(
    first === undefined ? known : joined(known, first, (c) => all.find((o) => o.logicalName === c.caller.association)),
  );
}

/** The server's object, with the writable attributes and the methods of the engine's object that `of` returns. */
function joined(
  known: CosemObject,
  like: EngineObject,
  of: (context: AccessContext) => EngineObject | undefined,
): CosemObject {
  const changeable = like.served();
  const servedBy = (context: AccessContext): CosemObject => {
    const object = of(context);
    if (object === undefined) throw new AccessRefused('object-unavailable');
    return object.served();
  };
  const attributes = new Map(known.attributes);
  for (const [index, attribute] of changeable.attributes) {
    if (index === 1) continue;
    const target = (context: AccessContext): ServedAttribute => {
      const found = servedBy(context).attributes.get(index);
      if (found === undefined) throw new AccessRefused('object-unavailable');
      return found;
    };
    attributes.set(index, {
      ...attribute,
      read: (context) => target(context).read(context),
      write: (value, context) => target(context).write(value, context),
    });
  }
  const methods = new Map(known.methods);
  for (const [index, method] of changeable.methods) {
    const target = (context: AccessContext): ServedMethod => {
      const found = servedBy(context).methods.get(index);
      if (found === undefined) throw new AccessRefused('object-unavailable');
      return found;
    };
    methods.set(index, { ...method, invoke: (parameter, context) => target(context).invoke(parameter, context) });
  }
  return { definition: like.definition, logicalName: known.logicalName, attributes, methods };
}
