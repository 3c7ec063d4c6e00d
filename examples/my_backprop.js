// Dense + ReLU backpropagation and the SGD step, by hand in JavaScript:
//   tox -e verify -- --derivation-command 'node examples/my_backprop.js'
// A case comes on each line of standard input, and its trace goes out as one line.

const dot = (a, b, columns) =>
  a.map((row) =>
    Array.from({ length: columns }, (_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)),
  );
const transposed = (a, columns) =>
  Array.from({ length: columns }, (_, j) => a.map((row) => row[j]));
const updated = (parameter, gradient, rate) =>
  parameter.map((row, i) => row.map((x, j) => x - rate * gradient[i][j]));

function trainStep({ inputs, layers, upstream, learning_rate }) {
  const steps = [];
  const below = [];
  for (const { weights, biases } of layers) {
    const width = biases[0].length;
    const layer_outputs = dot(inputs, weights, width).map((row) =>
      row.map((x, j) => x + biases[0][j]),
    );
    const relu_outputs = layer_outputs.map((row) => row.map((z) => Math.max(0, z)));
    steps.push({ layer_outputs, relu_outputs });
    below.push(inputs);
    inputs = relu_outputs;
  }
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const { weights, biases } = layers[layer];
    const step = steps[layer];
    const [size, width] = [weights.length, biases[0].length];
    const z = step.layer_outputs;
    const d = upstream.map((row, i) => row.map((g, j) => (z[i][j] > 0 ? g : 0)));
    step.deriv_relu_wrt_z = d;
    step.deriv_relu_wrt_inputs = dot(d, transposed(weights, width), size);
    step.deriv_relu_wrt_weights = dot(transposed(below[layer], size), d, width);
    step.deriv_relu_wrt_biases = [
      Array.from({ length: width }, (_, j) => d.reduce((sum, row) => sum + row[j], 0)),
    ];
    step.new_weights = updated(weights, step.deriv_relu_wrt_weights, learning_rate);
    step.new_biases = updated(biases, step.deriv_relu_wrt_biases, learning_rate);
    upstream = step.deriv_relu_wrt_inputs;
  }
  return steps;
}

// JSON has no NaN and no infinity: these come, and go, as text.
const read = (_, value) =>
  ["NaN", "Infinity", "-Infinity"].includes(value) ? Number(value) : value;
const written = (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    process.stdout.write(JSON.stringify(trainStep(JSON.parse(line, read)), written) + "\n");
  });
