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
 * Association LN (class 15), what can be changed of it: the secret, which counts from the next association on, and the
 * users. An existing user gets another name; one that is not there is removed without a word (one public source). An
 * empty secret is refused with object-class-inconsistent, as one public source does. {@link serveAssociations} offers
 * it to clients, together with what the server knows.
 */
export const associationLnBehaviours: readonly AnyBehaviour[] = inVersions(latest, AssociationLnV2, AssociationLnV1);
