import type { AnyBehaviour } from '../behaviour.js';
import { accountBehaviour } from './account.js';
import { activityCalendarBehaviour } from './activity-calendar.js';
import { arbitratorBehaviour } from './arbitrator.js';
import { arrayManagerBehaviour } from './array-manager.js';
import { associationLnBehaviours } from './association-ln.js';
import { autoConnectBehaviours } from './auto-connect.js';
import { chargeBehaviour } from './charge.js';
import { clockBehaviour } from './clock.js';
import { communicationPortProtectionBehaviour } from './communication-port-protection.js';
import { compactDataBehaviours } from './compact-data.js';
import { creditBehaviour } from './credit.js';
import { dataBehaviour } from './data.js';
import { demandRegisterBehaviour } from './demand-register.js';
import { disconnectControlBehaviour, disconnectControlBehaviourV0 } from './disconnect-control.js';
import { extendedRegisterBehaviour } from './extended-register.js';
import { functionControlBehaviour } from './function-control.js';
import { imageTransferBehaviour } from './image-transfer.js';
import { iecHdlcSetupBehaviour, tcpUdpSetupBehaviour } from './inactivity.js';
import { limiterBehaviour } from './limiter.js';
import { mbusClientBehaviours } from './mbus-client.js';
import { parameterMonitorBehaviours } from './parameter-monitor.js';
import { profileGenericBehaviour } from './profile-generic.js';
import { pushSetupBehaviours } from './push-setup.js';
import { registerBehaviour } from './register.js';
import { registerActivationBehaviour } from './register-activation.js';
import { registerMonitorBehaviour } from './register-monitor.js';
import { scheduleBehaviour } from './schedule.js';
import { scriptTableBehaviour } from './script-table.js';
import { sensorManagerBehaviour } from './sensor-manager.js';
import { singleActionScheduleBehaviour } from './single-action-schedule.js';
import { specialDaysTableBehaviour } from './special-days-table.js';
import { tokenGatewayBehaviour } from './token-gateway.js';

/** The behaviours of all interface classes that do more than keep values: one file per class, one line here. */
export const behaviours: readonly AnyBehaviour[] = [
  registerMonitorBehaviour,
  sensorManagerBehaviour,
  accountBehaviour,
  chargeBehaviour,
  creditBehaviour,
  tokenGatewayBehaviour,
  ...associationLnBehaviours,
  arrayManagerBehaviour,
  ...autoConnectBehaviours,
  ...compactDataBehaviours,
  functionControlBehaviour,
  ...parameterMonitorBehaviours,
  communicationPortProtectionBehaviour,
  imageTransferBehaviour,
  iecHdlcSetupBehaviour,
  tcpUdpSetupBehaviour,
  ...pushSetupBehaviours,
  registerActivationBehaviour,
  limiterBehaviour,
  ...mbusClientBehaviours,
  disconnectControlBehaviour,
  disconnectControlBehaviourV0,
  demandRegisterBehaviour,
  arbitratorBehaviour,
  activityCalendarBehaviour,
  clockBehaviour,
  dataBehaviour,
  extendedRegisterBehaviour,
  profileGenericBehaviour,
  registerBehaviour,
  scheduleBehaviour,
  scriptTableBehaviour,
  singleActionScheduleBehaviour,
  specialDaysTableBehaviour,
];
