import { must } from '../../base/assert.ts';
import type { ExpertParts, FeedForwardParts } from '../block-tensors.ts';
import type { Placed } from './placed.ts';
import { inputOf } from './program.ts';
import type { Workspace, WriteNorm } from './workspace.ts';

/** For a stage; what it answers writes the feed-forward of a layer. */
export function feedForwardWriter({ program, hyper, normed, output, input }: Workspace) {
  const gate = program.buffer(hyper.feedForward * 4);
  const up = program.buffer(hyper.feedForward * 4);

  return (weights: FeedForwardParts<Placed>, norm: WriteNorm): void => {
    const forFeed = input(normed, weights.gate, weights.up);
    norm(forFeed);
    program.multiply(forFeed, [
      [weights.gate, gate],
      [weights.up, up],
    ]);
    const forDown = input(gate, weights.down);
    program.gate(hyper.feedForward, forDown, up, hyper.activation);
    program.multiply(forDown, [[weights.down, output]]);
  };
}

/** The same where experts are its parts: rows go in the order of those that they chose, and those that none chose are not read. */
export function expertsWriter({ program, hyper, normed, output, input, blockBytes }: Workspace) {
  const { width, feedForward, activation } = hyper;
  const routes = program.routes(must(hyper.experts));
  const { count, used } = routes;
  const scores = program.buffer(count * 4);
  const rows = program.buffer(used * width * 4);
  const rowBlocks = program.buffer(used * blockBytes(width));
  const gate = program.buffer(used * feedForward * 4);
  const up = program.buffer(used * feedForward * 4);
  const gateBlocks = program.buffer(used * blockBytes(feedForward));

  return (weights: ExpertParts<Placed>, norm: WriteNorm): void => {
    const { router, expertGates, expertUps, expertDowns } = weights;
    const forRouter = input(normed, router, expertGates, expertUps);
    norm(forRouter);
    program.multiply(forRouter, [[router, scores]]);
    const wantsPlain = [expertGates, expertUps].some(({ wants }) => wants === 'f32');
    const forExperts = inputOf(wantsPlain ? rows : 0, rowBlocks, [expertGates, expertUps]);
    program.route(routes, scores, width, forRouter, forExperts);
    const products = [
      [expertGates, gate],
      [expertUps, up],
    ] as const;
    program.multiply(forExperts, products, routes);
    const forDown = inputOf(gate, gateBlocks, [expertDowns]);
    program.gate(used * feedForward, forDown, up, activation);
    program.multiply(forDown, [[expertDowns, rows]], routes);
    program.mix(routes, width, rows, output);
  };
}
