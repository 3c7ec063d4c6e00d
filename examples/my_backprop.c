/* Dense + ReLU backpropagation and the SGD step, by hand in C, in float64 and in float32:
 *     cc -O2 -o my_backprop examples/my_backprop.c
 *     tox -e verify -- --derivation-command ./my_backprop
 * A case comes on each line of standard input, its keys in the order in which they are read here,
 * and its trace goes out as one line, with numbers as %a writes them. */
#ifndef REAL

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST (1 << 24) /* a line */
#define DEEPEST 64        /* layers */

static char line[LONGEST];
static const char *at; /* how far the line is read */

static void skip(const char *characters) { at += strspn(at, characters); }

static void find(const char *key) { at = strstr(at, key) + strlen(key); }

#define REAL double
#define OF(name) name##_double
#include "my_backprop.c"
#undef REAL
#undef OF
#define REAL float
#define OF(name) name##_float
#include "my_backprop.c"

int main(void) {
    while (fgets(line, sizeof line, stdin)) {
        if (strstr(line, "\"float32\"")) {
            train_step_float();
        } else {
            train_step_double();
        }
        fflush(stdout);
    }
    return 0;
}

#else /* once for each type */

typedef struct {
    int rows, columns;
    REAL *entries;
} OF(Matrix);

static OF(Matrix) OF(zeros)(int rows, int columns) {
    OF(Matrix) m = {rows, columns, calloc((size_t)rows * columns + 1, sizeof(REAL))};
    return m;
}

#define AT(m, row, column) (m).entries[(row) * (m).columns + (column)]

/* "[[1.0, 2.0], [3.0, 4.0]]" */
static OF(Matrix) OF(read)(const char *key) {
    OF(Matrix) m = {0, 0, NULL};
    int count = 0, room = 0, depth = 0;
    find(key);
    skip(": ");
    do {
        if (*at == '[') {
            depth++, at++;
        } else if (*at == ']') {
            depth--, at++;
            m.rows += depth == 1;
        } else if (*at == ',' || *at == ' ' || *at == '"') { /* "NaN" is text */
            at++;
        } else {
            char *end;
            if (count == room) {
                room = 2 * room + 16;
                m.entries = realloc(m.entries, room * sizeof(REAL));
            }
            m.entries[count++] = (REAL)strtod(at, &end);
            at = end;
        }
    } while (depth);
    m.columns = m.rows ? count / m.rows : 0;
    return m;
}

static void OF(print)(const char *before, const char *name, OF(Matrix) m) {
    printf("%s\"%s\": [", before, name);
    for (int i = 0; i < m.rows; i++) {
        printf(i ? ", [" : "[");
        for (int j = 0; j < m.columns; j++) {
            printf("%s\"%a\"", j ? ", " : "", (double)AT(m, i, j));
        }
        printf("]");
    }
    printf("]");
}

static OF(Matrix) OF(updated)(OF(Matrix) parameter, OF(Matrix) gradient, REAL rate) {
    OF(Matrix) m = OF(zeros)(parameter.rows, parameter.columns);
    for (int i = 0; i < m.rows * m.columns; i++) {
        m.entries[i] = parameter.entries[i] - rate * gradient.entries[i];
    }
    return m;
}

static void OF(train_step)(void) {
    static OF(Matrix) w[DEEPEST], b[DEEPEST], x[DEEPEST + 1], z[DEEPEST], d[DEEPEST];
    static OF(Matrix) dx[DEEPEST], dw[DEEPEST], db[DEEPEST], new_w[DEEPEST], new_b[DEEPEST];
    OF(Matrix) passed_in, upstream;
    const char *end;
    REAL rate;
    int depth = 0;

    at = line;
    x[0] = OF(read)("\"inputs\"");
    end = strstr(at, "\"upstream\"");
    for (const char *next; (next = strstr(at, "\"weights\"")) && next < end; depth++) {
        w[depth] = OF(read)("\"weights\"");
        b[depth] = OF(read)("\"biases\"");
    }
    upstream = passed_in = OF(read)("\"upstream\"");
    find("\"learning_rate\"");
    skip(": ");
    rate = (REAL)strtod(at, NULL);

    for (int l = 0; l < depth; l++) {
        z[l] = OF(zeros)(x[l].rows, w[l].columns);
        x[l + 1] = OF(zeros)(x[l].rows, w[l].columns);
        for (int i = 0; i < z[l].rows; i++) {
            for (int j = 0; j < z[l].columns; j++) {
                REAL sum = 0;
                for (int k = 0; k < w[l].rows; k++) {
                    sum += AT(x[l], i, k) * AT(w[l], k, j);
                }
                AT(z[l], i, j) = sum + AT(b[l], 0, j);
                AT(x[l + 1], i, j) = AT(z[l], i, j) > 0 ? AT(z[l], i, j) : 0;
            }
        }
    }
    for (int l = depth - 1; l >= 0; l--) {
        d[l] = OF(zeros)(z[l].rows, z[l].columns);
        dx[l] = OF(zeros)(x[l].rows, w[l].rows);
        dw[l] = OF(zeros)(w[l].rows, w[l].columns);
        db[l] = OF(zeros)(1, w[l].columns);
        for (int i = 0; i < d[l].rows; i++) {
            for (int j = 0; j < d[l].columns; j++) {
                REAL g = AT(z[l], i, j) > 0 ? AT(upstream, i, j) : 0;
                AT(d[l], i, j) = g;
                AT(db[l], 0, j) += g;
                for (int k = 0; k < w[l].rows; k++) {
                    AT(dx[l], i, k) += g * AT(w[l], k, j);
                    AT(dw[l], k, j) += AT(x[l], i, k) * g;
                }
            }
        }
        new_w[l] = OF(updated)(w[l], dw[l], rate);
        new_b[l] = OF(updated)(b[l], db[l], rate);
        upstream = dx[l];
    }
    for (int l = 0; l < depth; l++) {
        OF(print)(l ? ", {" : "[{", "layer_outputs", z[l]);
        OF(print)(", ", "relu_outputs", x[l + 1]);
        OF(print)(", ", "deriv_relu_wrt_z", d[l]);
        OF(print)(", ", "deriv_relu_wrt_inputs", dx[l]);
        OF(print)(", ", "deriv_relu_wrt_weights", dw[l]);
        OF(print)(", ", "deriv_relu_wrt_biases", db[l]);
        OF(print)(", ", "new_weights", new_w[l]);
        OF(print)(", ", "new_biases", new_b[l]);
        printf("}");
    }
    printf("]\n");

    for (int l = 0; l < depth; l++) {
        OF(Matrix) all[] = {w[l], b[l], z[l], d[l], dx[l], dw[l], db[l], new_w[l], new_b[l], x[l]};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            free(all[i].entries);
        }
    }
    free(x[depth].entries);
    free(passed_in.entries);
}

#endif
