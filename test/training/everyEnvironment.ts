/** A short run on every registered environment, and the hash of its final parameters: recorded once, the same everywhere. */
import type { TrainConfig } from '../../src/api/environments.ts';

/** Two iterations of 16 steps in episodes of at most 10: a run that is stopped after the first goes on in the middle of an episode. */
export const brief = (env: string) =>
  ({
    env,
    recipe: 'none',
    algorithm: 'gpg',
    iterations: 2,
    numEnvs: 3,
    numSteps: 16,
    envOptions: { maxEpisodeSteps: 10 },
    evaluationInterval: 0,
    finalEvaluationEpisodes: 1,
    seed: 5,
  }) as const satisfies TrainConfig;

/** SHA-256 of the final parameters by environment. */
export const goldenHashes: Readonly<Record<string, string>> = {
  'CartPole-v1': '5c997cd1d4eb73840a63d524af1526be7dde920520f50f77dff48010fb0412cf',
  'CartPole-v0': '5c997cd1d4eb73840a63d524af1526be7dde920520f50f77dff48010fb0412cf',
  'Acrobot-v1': '6f366627617218a922b2921e6cfb3d98c84d510667ee4c0ef25b8b0608e21912',
  'MountainCar-v0': '2987d78dcca4f9e0639ca00c9d3dbc95e7f461371767bdfd3bd3ab088d236833',
  'MountainCarContinuous-v0': '73e8cea0886c4a05ce7cc504dfe3de7ef04733ca51c3ec9dced0357c5d060347',
  'Pendulum-v1': 'e17104deed459c73f52cecc6fcf268271cb5edc2a8617d14342b2253189cde57',
  'LunarLander-v3': 'c5c0da1a939fd1adf8b00c1309c6a7cd7eaeca58b944f5548ae744d1a35c0d28',
  'LunarLanderContinuous-v3': '8f93f23690db6df602f1849caf95c73a092c30adf7ba71ae0b6a792ccf7d1492',
  'BipedalWalker-v3': '06e4045ed8ca0e4266d3d9d7c5f0bb710e940c49c6173312f3d46d6d13d3e5c6',
  'BipedalWalkerHardcore-v3': 'f26ba2aa0abea739dead5308039d7b8ecb76ed20e28e2e5612c24a8ebc778e75',
  'HalfCheetah-v5': 'c22fa68555e63efb6069aa4e287e51826f7f77ea3dc864aa09413bdaea0c7ec9',
  'HalfCheetah-v4': 'c22fa68555e63efb6069aa4e287e51826f7f77ea3dc864aa09413bdaea0c7ec9',
  'Hopper-v5': 'f7707bf069f735bf9bf326043f4054c372ae58864272fd041b76c80fc06551a4',
  'Hopper-v4': '9de67df7de7c69bd1bf106b9110f8db8f91e343849cf6ea9f5f86fdbd309ff12',
  'InvertedPendulum-v5': '2b542d2babe44fb6631b3269647ed8517e30dce7e54885e3a548398d34033944',
  'InvertedPendulum-v4': '08ea0e258399275d80bebcfd434e6b1034f1b4bdab341f60a5d60d30b7990961',
  'InvertedDoublePendulum-v5': '635601f7bae4bd257080f3b62992bec1a122dbcc42aaa16d64da691bb660d9a0',
  'InvertedDoublePendulum-v4': '10f4a2a30ca328ba8b36ae0913eac9047430a14444a89180eb42f58bd7a635ec',
  'Reacher-v5': '19c42a79e42f28ea28dc6cad2065e91830e4a8e84bc78211360c44a25fcf14bc',
  'Reacher-v4': 'c63c510a892a0ebe9926d9c3e1e8b8d6e09f73f649a5cc958a95c66ae2d1bbb0',
  'Swimmer-v5': 'f4a8a0d0029d897775562bd5f167d3f13961fa4a9d1a3869ff54fa92c0300272',
  'Swimmer-v4': 'f4a8a0d0029d897775562bd5f167d3f13961fa4a9d1a3869ff54fa92c0300272',
  'Walker2d-v5': 'd05871de3f1db10dbe87e9cde518a55fbb0f14c8c41fb01438b482414112e73d',
  'Walker2d-v4': '22bad8af0a7016e939065e46470da30680fc103489e313259e1e7361dd7976c3',
  'Ant-v5': '2b480b7d52454c44fec1296c41dfd5311d19da43a2b7f77b71d0a1f7ea54348f',
  'Ant-v4': 'a3dc9176bc28708c95d137eeb2e3936aa95c7cc7abb5837c2308e38fec26a80f',
  'Humanoid-v5': 'f0e57251a5d7d936a4c8c6183006d7f2c2747624358fda5e7ded97cc8f96303b',
  'Humanoid-v4': 'bdce7c020e486379df444f9b5c01b7ab4bde330c89ce66738bf703717ffdbe48',
  'HumanoidStandup-v5': 'e81274c78e12243d5dde8aec924d0f9c0b9b8451ef21f6f05dfbe86e0263dfc0',
  'HumanoidStandup-v4': '2f0e356cfec1e67df23494a1ea68982f047d299c94da1482652b780f25d3ef55',
  'Pusher-v5': '0076d046833a2542db4e894406fdb1aacb47b4b14a40f51e7aef1f250e63bdd8',
  'CliffWalking-v1': '05a4db1045776930015b6f5af9164dc6f29a3e856719efbd9f5c77f30b3657fe',
  'CliffWalkingSlippery-v1': 'ab5a9084ba89b4cde440733ac19f1f134c9874ed24cc41608a441fa98f45829e',
  'CliffWalking-v0': '05a4db1045776930015b6f5af9164dc6f29a3e856719efbd9f5c77f30b3657fe',
  'FrozenLake-v1': 'd4be4650dc60b75f9f10e8a15a81fca097cde4b3f2780cc71a5efcd396e4e98f',
  'FrozenLake8x8-v1': '5f1fefe88861a6df09a0f0f7f305f57aba757ff594eaac63bf4e7aa27493fa63',
  'Taxi-v4': 'eda049a31055a2ebb45c669a96c2f76bfc620dd75e6f13066a85449b5a2daeb7',
  'Blackjack-v1': '6a3f7e6ed33e72b083cf1c3151af13f667a07437a42011d67619504f1add50c0',
};
