import { AssociationLn, AssociationLnV1, AssociationLnV2 } from '../../cosem/classes/association-ln.js';
import { AccessRefused } from '../../server/object.js';
import { type AnyBehaviour, type Behaviour, inVersions } from '../behaviour.js';

const latest: Behaviour<typeof AssociationLn> = {
  definition: AssociationLn,
  defaults: () => ({ secret: new Uint8Array(), userList: [] }),
  hidden: ['secret'],
  write: {
    secret(self, secret, cause) {
      self.set('secret', secret, cause);
    },
    userList: () => {
      throw new AccessRefused('read-write-denied');
    },
  },
  methods: {
    changeHlsSecret(self, secret) {
      if (secret.length === 0) throw new AccessRefused('object-class-inconsistent');
      self.set('secret', secret, 'method');
    },
    addUser(self, user) {
      const others = self.get('userList').filter((u) => u.userId !== user.userId);
      self.set('userList', [...others, user], 'method');
    },
    removeUser(self, { userId }) {
      self.set(
        'userList',
        self.get('userList').filter((u) => u.userId !== userId),
        'method',
      );
    },
  },
};

/**
 * The part of Association LN (class 15) that can be changed: the secret, which applies from the next association on,
 * and the users. Adding an existing user changes its name; removing a missing one succeeds silently (one public
 * source). An empty secret is refused with object-class-inconsistent, as in one public source.
 * {@link serveAssociations} offers it to clients, together with what the server knows.
 */
export const associationLnBehaviours: readonly AnyBehaviour[] = inVersions(latest, AssociationLnV2, AssociationLnV1);
