import type { AtlasProblem } from './coupling.js';

/** Measured against networks, and against exact linear theory, by `npm run validity` (docs/validity.md). */
// biome-ignore format: a table
export const ATLAS: readonly AtlasProblem[] = [
  { layers: 1, fluctuation: 3.27, pull: 1.92, errors: {
    nngp: 0.41, rescaling: 0.41, linearResponse: 0.13,
    perturbative: 0.2, map: 0.13, multiscale: null,
  } },
  { layers: 2, fluctuation: 6.35, pull: 4.99, errors: {
    nngp: 0.47, rescaling: 0.47, linearResponse: 0.33,
    perturbative: 0.25, map: 0.14, multiscale: 0.062,
  } },
  { layers: 3, fluctuation: 9.31, pull: 8.87, errors: {
    nngp: 0.49, rescaling: 0.49, linearResponse: 0.6,
    perturbative: 0.26, map: 0.12, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.817, pull: 0.481, errors: {
    nngp: 0.22, rescaling: 0.22, linearResponse: 0.045,
    perturbative: 0.1, map: 0.077, multiscale: 0.0058,
  } },
  { layers: 2, fluctuation: 1.59, pull: 1.25, errors: {
    nngp: 0.36, rescaling: 0.36, linearResponse: 0.054,
    perturbative: 0.15, map: 0.11, multiscale: 0.043,
  } },
  { layers: 3, fluctuation: 2.33, pull: 2.22, errors: {
    nngp: 0.43, rescaling: 0.43, linearResponse: 0.11,
    perturbative: 0.2, map: 0.13, multiscale: 0.074,
  } },
  { layers: 1, fluctuation: 0.204, pull: 0.12, errors: {
    nngp: 0.065, rescaling: 0.065, linearResponse: 0.0065,
    perturbative: 0.015, map: 0.011, multiscale: 0.0019,
  } },
  { layers: 2, fluctuation: 0.397, pull: 0.312, errors: {
    nngp: 0.14, rescaling: 0.14, linearResponse: 0.0076,
    perturbative: 0.032, map: 0.019, multiscale: 0.0082,
  } },
  { layers: 3, fluctuation: 0.582, pull: 0.554, errors: {
    nngp: 0.21, rescaling: 0.21, linearResponse: 0.017,
    perturbative: 0.057, map: 0.033, multiscale: 0.013,
  } },
  { layers: 1, fluctuation: 1.93, pull: 6.16, errors: {
    nngp: 0.43, rescaling: 0.43, linearResponse: 0.23,
    perturbative: 0.13, map: 0.091, multiscale: 0.026,
  } },
  { layers: 2, fluctuation: 3.44, pull: 14.5, errors: {
    nngp: 0.48, rescaling: 0.48, linearResponse: null,
    perturbative: 0.2, map: 0.12, multiscale: 0.088,
  } },
  { layers: 3, fluctuation: 4.76, pull: 24, errors: {
    nngp: 0.5, rescaling: 0.5, linearResponse: null,
    perturbative: 0.25, map: 0.14, multiscale: 0.12,
  } },
  { layers: 1, fluctuation: 0.216, pull: 2.28, errors: {
    nngp: 0.37, rescaling: 0.37, linearResponse: 0.027,
    perturbative: 0.096, map: 0.035, multiscale: 0.0057,
  } },
  { layers: 2, fluctuation: 0.354, pull: 4.54, errors: {
    nngp: 0.45, rescaling: 0.45, linearResponse: 0.07,
    perturbative: 0.16, map: 0.052, multiscale: 0.02,
  } },
  { layers: 3, fluctuation: 0.463, pull: 6.57, errors: {
    nngp: 0.5, rescaling: 0.48, linearResponse: 0.12,
    perturbative: 0.19, map: 0.057, multiscale: 0.034,
  } },
  { layers: 1, fluctuation: 0.0178, pull: 0.406, errors: {
    nngp: 0.18, rescaling: 0.18, linearResponse: 0.015,
    perturbative: 0.035, map: 0.00042, multiscale: 0.0014,
  } },
  { layers: 2, fluctuation: 0.0273, pull: 0.658, errors: {
    nngp: 0.32, rescaling: 0.28, linearResponse: 0.084,
    perturbative: 0.082, map: 0.0091, multiscale: 0.0038,
  } },
  { layers: 3, fluctuation: 0.0345, pull: 0.836, errors: {
    nngp: 0.44, rescaling: 0.35, linearResponse: 0.17,
    perturbative: 0.14, map: 0.028, multiscale: 0.02,
  } },
  { layers: 1, fluctuation: 3.39, pull: 2, errors: {
    nngp: 0.44, rescaling: 0.44, linearResponse: 0.15,
    perturbative: null, map: 0.13, multiscale: null,
  } },
  { layers: 2, fluctuation: 6.28, pull: 6.55, errors: {
    nngp: 0.51, rescaling: 0.51, linearResponse: 0.81,
    perturbative: null, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.848, pull: 0.499, errors: {
    nngp: 0.23, rescaling: 0.23, linearResponse: 0.039,
    perturbative: 0.095, map: 0.076, multiscale: 0.011,
  } },
  { layers: 2, fluctuation: 1.57, pull: 1.64, errors: {
    nngp: 0.42, rescaling: 0.42, linearResponse: 0.16,
    perturbative: 0.14, map: 0.1, multiscale: 0.035,
  } },
  { layers: 3, fluctuation: 2.11, pull: 3.65, errors: {
    nngp: 0.5, rescaling: 0.5, linearResponse: 0.35,
    perturbative: 0.18, map: 0.12, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.212, pull: 0.125, errors: {
    nngp: 0.069, rescaling: 0.069, linearResponse: 0.0086,
    perturbative: 0.018, map: 0.014, multiscale: 0.0036,
  } },
  { layers: 2, fluctuation: 0.392, pull: 0.409, errors: {
    nngp: 0.2, rescaling: 0.2, linearResponse: 0.022,
    perturbative: 0.05, map: 0.022, multiscale: 0.0062,
  } },
  { layers: 3, fluctuation: 0.527, pull: 0.913, errors: {
    nngp: 0.34, rescaling: 0.34, linearResponse: 0.054,
    perturbative: 0.098, map: 0.042, multiscale: 0.016,
  } },
  { layers: 1, fluctuation: 2.04, pull: 6.55, errors: {
    nngp: 0.46, rescaling: 0.46, linearResponse: 0.35,
    perturbative: 0.14, map: 0.077, multiscale: null,
  } },
  { layers: 2, fluctuation: 3.2, pull: 17.1, errors: {
    nngp: 0.52, rescaling: 0.52, linearResponse: null,
    perturbative: 0.24, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.225, pull: 2.32, errors: {
    nngp: 0.39, rescaling: 0.39, linearResponse: 0.047,
    perturbative: 0.16, map: 0.041, multiscale: 0.018,
  } },
  { layers: 2, fluctuation: 0.304, pull: 4.22, errors: {
    nngp: 0.57, rescaling: 0.5, linearResponse: 0.15,
    perturbative: 0.25, map: null, multiscale: null,
  } },
  { layers: 3, fluctuation: 0.306, pull: 4.95, errors: {
    nngp: 0.73, rescaling: 0.54, linearResponse: 0.23,
    perturbative: 0.29, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.0181, pull: 0.383, errors: {
    nngp: 0.26, rescaling: 0.2, linearResponse: 0.046,
    perturbative: 0.077, map: 0.0024, multiscale: 0.0022,
  } },
  { layers: 2, fluctuation: 0.0222, pull: 0.489, errors: {
    nngp: 0.54, rescaling: 0.36, linearResponse: 0.29,
    perturbative: 0.27, map: 0.05, multiscale: 0.016,
  } },
  { layers: 1, fluctuation: 2.48, pull: 2.31, errors: {
    nngp: 0.54, rescaling: 0.54, linearResponse: 0.18,
    perturbative: 0.3, map: 0.22, multiscale: 0.04,
  } },
  { layers: 2, fluctuation: 5.21, pull: 5.93, errors: {
    nngp: 0.62, rescaling: 0.62, linearResponse: null,
    perturbative: 0.36, map: 0.27, multiscale: 0.14,
  } },
  { layers: 3, fluctuation: 7.95, pull: 10.5, errors: {
    nngp: 0.64, rescaling: 0.64, linearResponse: null,
    perturbative: 0.38, map: 0.29, multiscale: 0.21,
  } },
  { layers: 1, fluctuation: 0.621, pull: 0.578, errors: {
    nngp: 0.26, rescaling: 0.26, linearResponse: 0.027,
    perturbative: 0.11, map: 0.07, multiscale: 0.0033,
  } },
  { layers: 2, fluctuation: 1.3, pull: 1.48, errors: {
    nngp: 0.42, rescaling: 0.42, linearResponse: 0.068,
    perturbative: 0.18, map: 0.11, multiscale: 0.047,
  } },
  { layers: 3, fluctuation: 1.99, pull: 2.62, errors: {
    nngp: 0.51, rescaling: 0.51, linearResponse: 0.14,
    perturbative: 0.22, map: 0.13, multiscale: 0.065,
  } },
  { layers: 1, fluctuation: 0.155, pull: 0.144, errors: {
    nngp: 0.086, rescaling: 0.086, linearResponse: 0.0056,
    perturbative: 0.019, map: 0.012, multiscale: 0.0031,
  } },
  { layers: 2, fluctuation: 0.325, pull: 0.371, errors: {
    nngp: 0.17, rescaling: 0.17, linearResponse: 0.0092,
    perturbative: 0.039, map: 0.02, multiscale: 0.0066,
  } },
  { layers: 3, fluctuation: 0.497, pull: 0.654, errors: {
    nngp: 0.25, rescaling: 0.25, linearResponse: 0.015,
    perturbative: 0.065, map: 0.032, multiscale: 0.015,
  } },
  { layers: 1, fluctuation: 1.37, pull: 6.96, errors: {
    nngp: 0.59, rescaling: 0.59, linearResponse: null,
    perturbative: 0.21, map: 0.12, multiscale: 0.013,
  } },
  { layers: 2, fluctuation: 2.65, pull: 15.8, errors: {
    nngp: 0.64, rescaling: 0.64, linearResponse: null,
    perturbative: 0.31, map: 0.16, multiscale: 0.13,
  } },
  { layers: 3, fluctuation: 3.87, pull: 25.4, errors: {
    nngp: 0.65, rescaling: 0.65, linearResponse: null,
    perturbative: 0.35, map: 0.22, multiscale: 0.17,
  } },
  { layers: 1, fluctuation: 0.172, pull: 2.22, errors: {
    nngp: 0.49, rescaling: 0.49, linearResponse: 0.08,
    perturbative: 0.14, map: 0.031, multiscale: 0.0072,
  } },
  { layers: 2, fluctuation: 0.299, pull: 4.24, errors: {
    nngp: 0.6, rescaling: 0.6, linearResponse: 0.15,
    perturbative: 0.21, map: 0.032, multiscale: 0.02,
  } },
  { layers: 3, fluctuation: 0.406, pull: 5.98, errors: {
    nngp: 0.63, rescaling: 0.63, linearResponse: 0.22,
    perturbative: 0.24, map: 0.05, multiscale: 0.041,
  } },
  { layers: 1, fluctuation: 0.0158, pull: 0.338, errors: {
    nngp: 0.19, rescaling: 0.19, linearResponse: 0.017,
    perturbative: 0.031, map: 0.0006, multiscale: 0.0021,
  } },
  { layers: 2, fluctuation: 0.0251, pull: 0.545, errors: {
    nngp: 0.3, rescaling: 0.3, linearResponse: 0.068,
    perturbative: 0.062, map: 0.0042, multiscale: 0.0014,
  } },
  { layers: 3, fluctuation: 0.0322, pull: 0.691, errors: {
    nngp: 0.36, rescaling: 0.36, linearResponse: 0.11,
    perturbative: 0.085, map: 0.03, multiscale: 0.022,
  } },
  { layers: 1, fluctuation: 1.61, pull: 0.785, errors: {
    nngp: 0.45, linearResponse: 0.15, perturbative: 0.23,
    map: 0.23, multiscale: 0.012,
  } },
  { layers: 2, fluctuation: 3.26, pull: 1.07, errors: {
    nngp: 0.56, linearResponse: 0.25, perturbative: 0.25,
    map: 0.31, multiscale: 0.13,
  } },
  { layers: 3, fluctuation: 4.92, pull: 1.08, errors: {
    nngp: 0.61, linearResponse: 0.32, perturbative: null,
    map: 0.38, multiscale: 0.19,
  } },
  { layers: 1, fluctuation: 0.805, pull: 0.393, errors: {
    nngp: 0.27, linearResponse: 0.079, perturbative: 0.12,
    map: 0.11, multiscale: 0.004,
  } },
  { layers: 2, fluctuation: 1.63, pull: 0.534, errors: {
    nngp: 0.38, linearResponse: 0.14, perturbative: 0.19,
    map: 0.19, multiscale: 0.081,
  } },
  { layers: 3, fluctuation: 2.46, pull: 0.541, errors: {
    nngp: 0.44, linearResponse: 0.22, perturbative: 0.23,
    map: 0.25, multiscale: 0.13,
  } },
  { layers: 1, fluctuation: 0.403, pull: 0.196, errors: {
    nngp: 0.14, linearResponse: 0.028, perturbative: 0.046,
    map: 0.04, multiscale: 0.00077,
  } },
  { layers: 2, fluctuation: 0.814, pull: 0.267, errors: {
    nngp: 0.21, linearResponse: 0.062, perturbative: 0.082,
    map: 0.079, multiscale: 0.032,
  } },
  { layers: 3, fluctuation: 1.23, pull: 0.27, errors: {
    nngp: 0.24, linearResponse: 0.097, perturbative: 0.11,
    map: 0.11, multiscale: 0.062,
  } },
  { layers: 1, fluctuation: 0.201, pull: 0.0982, errors: {
    nngp: 0.068, linearResponse: 0.008, perturbative: 0.014,
    map: 0.012, multiscale: 0.00039,
  } },
  { layers: 2, fluctuation: 0.407, pull: 0.133, errors: {
    nngp: 0.099, linearResponse: 0.019, perturbative: 0.026,
    map: 0.025, multiscale: 0.0091,
  } },
  { layers: 3, fluctuation: 0.615, pull: 0.135, errors: {
    nngp: 0.11, linearResponse: 0.031, perturbative: 0.036,
    map: 0.036, multiscale: 0.019,
  } },
  { layers: 1, fluctuation: 0.101, pull: 0.0491, errors: {
    nngp: 0.033, linearResponse: 0.0021, perturbative: 0.0039,
    map: 0.0032, multiscale: 0.00019,
  } },
  { layers: 2, fluctuation: 0.203, pull: 0.0667, errors: {
    nngp: 0.047, linearResponse: 0.0052, perturbative: 0.0072,
    map: 0.0066, multiscale: 0.0023,
  } },
  { layers: 3, fluctuation: 0.308, pull: 0.0676, errors: {
    nngp: 0.051, linearResponse: 0.0082, perturbative: 0.0096,
    map: 0.0095, multiscale: 0.0049,
  } },
  { layers: 1, fluctuation: 1.4, pull: 3.66, errors: {
    nngp: 0.56, linearResponse: 0.16, perturbative: 0.21,
    map: 0.11, multiscale: 0.0068,
  } },
  { layers: 2, fluctuation: 2.95, pull: 5.36, errors: {
    nngp: 0.64, linearResponse: 0.29, perturbative: 0.26,
    map: 0.22, multiscale: 0.11,
  } },
  { layers: 3, fluctuation: 4.59, pull: 5.74, errors: {
    nngp: 0.66, linearResponse: 0.34, perturbative: null,
    map: 0.29, multiscale: 0.18,
  } },
  { layers: 1, fluctuation: 0.618, pull: 2.86, errors: {
    nngp: 0.51, linearResponse: 0.17, perturbative: 0.18,
    map: 0.059, multiscale: 0.0057,
  } },
  { layers: 2, fluctuation: 1.34, pull: 4.47, errors: {
    nngp: 0.59, linearResponse: 0.23, perturbative: 0.23,
    map: 0.12, multiscale: 0.063,
  } },
  { layers: 3, fluctuation: 2.14, pull: 5.03, errors: {
    nngp: 0.62, linearResponse: 0.25, perturbative: 0.27,
    map: 0.17, multiscale: 0.11,
  } },
  { layers: 1, fluctuation: 0.255, pull: 1.95, errors: {
    nngp: 0.46, linearResponse: 0.13, perturbative: 0.16,
    map: 0.039, multiscale: 0.0049,
  } },
  { layers: 2, fluctuation: 0.576, pull: 3.31, errors: {
    nngp: 0.56, linearResponse: 0.22, perturbative: 0.18,
    map: 0.059, multiscale: 0.037,
  } },
  { layers: 3, fluctuation: 0.951, pull: 4.01, errors: {
    nngp: 0.59, linearResponse: 0.23, perturbative: 0.23,
    map: 0.088, multiscale: 0.057,
  } },
  { layers: 1, fluctuation: 0.097, pull: 1.12, errors: {
    nngp: 0.4, linearResponse: 0.046, perturbative: 0.12,
    map: 0.014, multiscale: 0.0028,
  } },
  { layers: 2, fluctuation: 0.23, pull: 2.11, errors: {
    nngp: 0.51, linearResponse: 0.13, perturbative: 0.17,
    map: 0.03, multiscale: 0.015,
  } },
  { layers: 3, fluctuation: 0.397, pull: 2.8, errors: {
    nngp: 0.55, linearResponse: 0.17, perturbative: 0.19,
    map: 0.045, multiscale: 0.033,
  } },
  { layers: 1, fluctuation: 0.0336, pull: 0.534, errors: {
    nngp: 0.29, linearResponse: 0.02, perturbative: 0.075,
    map: 0.002, multiscale: 0.0009,
  } },
  { layers: 2, fluctuation: 0.0843, pull: 1.12, errors: {
    nngp: 0.44, linearResponse: 0.059, perturbative: 0.14,
    map: 0.0066, multiscale: 0.0037,
  } },
  { layers: 3, fluctuation: 0.153, pull: 1.66, errors: {
    nngp: 0.5, linearResponse: 0.076, perturbative: 0.16,
    map: 0.015, multiscale: 0.0093,
  } },
  { layers: 1, fluctuation: 2.29, pull: 2.53, errors: {
    nngp: 0.54, rescaling: 0.54, linearResponse: 0.17,
    perturbative: 0.29, map: 0.2, multiscale: 0.029,
  } },
  { layers: 2, fluctuation: 4.59, pull: 6.93, errors: {
    nngp: 0.62, rescaling: 0.62, linearResponse: null,
    perturbative: 0.35, map: 0.24, multiscale: 0.13,
  } },
  { layers: 3, fluctuation: 6.76, pull: 12.8, errors: {
    nngp: 0.64, rescaling: 0.64, linearResponse: null,
    perturbative: 0.37, map: 0.27, multiscale: 0.2,
  } },
  { layers: 1, fluctuation: 0.572, pull: 0.633, errors: {
    nngp: 0.27, rescaling: 0.27, linearResponse: 0.026,
    perturbative: 0.11, map: 0.067, multiscale: 0.0086,
  } },
  { layers: 2, fluctuation: 1.15, pull: 1.73, errors: {
    nngp: 0.44, rescaling: 0.44, linearResponse: 0.076,
    perturbative: 0.18, map: 0.1, multiscale: 0.044,
  } },
  { layers: 3, fluctuation: 1.69, pull: 3.19, errors: {
    nngp: 0.53, rescaling: 0.53, linearResponse: 0.15,
    perturbative: 0.23, map: 0.12, multiscale: 0.064,
  } },
  { layers: 1, fluctuation: 0.143, pull: 0.158, errors: {
    nngp: 0.094, rescaling: 0.094, linearResponse: 0.006,
    perturbative: 0.022, map: 0.014, multiscale: 0.0052,
  } },
  { layers: 2, fluctuation: 0.287, pull: 0.433, errors: {
    nngp: 0.19, rescaling: 0.19, linearResponse: 0.0091,
    perturbative: 0.045, map: 0.021, multiscale: 0.0062,
  } },
  { layers: 3, fluctuation: 0.422, pull: 0.799, errors: {
    nngp: 0.29, rescaling: 0.29, linearResponse: 0.027,
    perturbative: 0.076, map: 0.032, multiscale: 0.015,
  } },
  { layers: 1, fluctuation: 1.26, pull: 7.33, errors: {
    nngp: 0.6, rescaling: 0.6, linearResponse: null,
    perturbative: 0.2, map: 0.12, multiscale: 0.013,
  } },
  { layers: 2, fluctuation: 2.27, pull: 16.8, errors: {
    nngp: 0.65, rescaling: 0.65, linearResponse: null,
    perturbative: 0.31, map: 0.15, multiscale: 0.12,
  } },
  { layers: 3, fluctuation: 3.09, pull: 26.6, errors: {
    nngp: 0.65, rescaling: 0.65, linearResponse: null,
    perturbative: 0.35, map: 0.2, multiscale: 0.16,
  } },
  { layers: 1, fluctuation: 0.156, pull: 2.19, errors: {
    nngp: 0.5, rescaling: 0.5, linearResponse: 0.062,
    perturbative: 0.14, map: 0.031, multiscale: 0.013,
  } },
  { layers: 2, fluctuation: 0.247, pull: 3.97, errors: {
    nngp: 0.61, rescaling: 0.61, linearResponse: 0.17,
    perturbative: 0.22, map: 0.027, multiscale: 0.019,
  } },
  { layers: 3, fluctuation: 0.308, pull: 5.32, errors: {
    nngp: 0.68, rescaling: 0.63, linearResponse: 0.26,
    perturbative: 0.25, map: 0.047, multiscale: 0.04,
  } },
  { layers: 1, fluctuation: 0.014, pull: 0.312, errors: {
    nngp: 0.19, rescaling: 0.19, linearResponse: 0.02,
    perturbative: 0.031, map: 0.0038, multiscale: 0.0053,
  } },
  { layers: 2, fluctuation: 0.02, pull: 0.463, errors: {
    nngp: 0.27, rescaling: 0.27, linearResponse: 0.061,
    perturbative: 0.054, map: 0.0024, multiscale: 0.0021,
  } },
  { layers: 3, fluctuation: 0.0236, pull: 0.547, errors: {
    nngp: 0.32, rescaling: 0.32, linearResponse: 0.093,
    perturbative: 0.068, map: 0.021, multiscale: 0.015,
  } },
  { layers: 1, fluctuation: 3.04, pull: 5.08, errors: {
    nngp: 0.8, rescaling: 0.8, linearResponse: 0.57,
    perturbative: 0.68, map: 0.55, multiscale: null,
  } },
  { layers: 2, fluctuation: 5.91, pull: 11.7, errors: {
    nngp: 0.87, rescaling: 0.87, linearResponse: 1.3,
    perturbative: 0.76, map: 0.59, multiscale: null,
  } },
  { layers: 1, fluctuation: 1.52, pull: 2.54, errors: {
    nngp: 0.61, rescaling: 0.61, linearResponse: 0.21,
    perturbative: 0.41, map: 0.27, multiscale: null,
  } },
  { layers: 2, fluctuation: 2.96, pull: 5.85, errors: {
    nngp: 0.77, rescaling: 0.77, linearResponse: 0.6,
    perturbative: 0.56, map: 0.34, multiscale: null,
  } },
  { layers: 3, fluctuation: 4.35, pull: 9.36, errors: {
    nngp: 0.82, rescaling: 0.82, linearResponse: 0.85,
    perturbative: 0.62, map: 0.39, multiscale: 0.16,
  } },
  { layers: 1, fluctuation: 0.759, pull: 1.27, errors: {
    nngp: 0.45, rescaling: 0.45, linearResponse: 0.087,
    perturbative: 0.23, map: 0.13, multiscale: 0.037,
  } },
  { layers: 2, fluctuation: 1.48, pull: 2.92, errors: {
    nngp: 0.62, rescaling: 0.62, linearResponse: 0.24,
    perturbative: 0.34, map: 0.16, multiscale: 0.049,
  } },
  { layers: 3, fluctuation: 2.18, pull: 4.68, errors: {
    nngp: 0.7, rescaling: 0.7, linearResponse: 0.39,
    perturbative: 0.41, map: 0.19, multiscale: 0.082,
  } },
  { layers: 1, fluctuation: 0.38, pull: 0.635, errors: {
    nngp: 0.3, rescaling: 0.3, linearResponse: 0.031,
    perturbative: 0.12, map: 0.058, multiscale: 0.015,
  } },
  { layers: 2, fluctuation: 0.739, pull: 1.46, errors: {
    nngp: 0.47, rescaling: 0.47, linearResponse: 0.1,
    perturbative: 0.2, map: 0.076, multiscale: 0.015,
  } },
  { layers: 3, fluctuation: 1.09, pull: 2.34, errors: {
    nngp: 0.55, rescaling: 0.55, linearResponse: 0.18,
    perturbative: 0.25, map: 0.086, multiscale: 0.046,
  } },
  { layers: 1, fluctuation: 0.19, pull: 0.317, errors: {
    nngp: 0.19, rescaling: 0.19, linearResponse: 0.0083,
    perturbative: 0.054, map: 0.023, multiscale: 0.009,
  } },
  { layers: 2, fluctuation: 0.369, pull: 0.731, errors: {
    nngp: 0.3, rescaling: 0.3, linearResponse: 0.038,
    perturbative: 0.084, map: 0.021, multiscale: 0.015,
  } },
  { layers: 3, fluctuation: 0.544, pull: 1.17, errors: {
    nngp: 0.39, rescaling: 0.39, linearResponse: 0.069,
    perturbative: 0.13, map: 0.029, multiscale: 0.015,
  } },
  { layers: 1, fluctuation: 1.72, pull: 8.99, errors: {
    nngp: 0.84, rescaling: 0.84, linearResponse: null,
    perturbative: 0.55, map: 0.24, multiscale: null,
  } },
  { layers: 2, fluctuation: 3.05, pull: 18.4, errors: {
    nngp: 0.89, rescaling: 0.89, linearResponse: null,
    perturbative: 0.7, map: 0.41, multiscale: 0.28,
  } },
  { layers: 3, fluctuation: 4.25, pull: 27.6, errors: {
    nngp: 0.89, rescaling: 0.89, linearResponse: null,
    perturbative: 0.73, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.611, pull: 4.15, errors: {
    nngp: 0.8, rescaling: 0.8, linearResponse: 0.27,
    perturbative: 0.46, map: 0.11, multiscale: 0.039,
  } },
  { layers: 2, fluctuation: 1.03, pull: 7.83, errors: {
    nngp: 0.88, rescaling: 0.88, linearResponse: 0.46,
    perturbative: 0.57, map: 0.2, multiscale: 0.14,
  } },
  { layers: 3, fluctuation: 1.4, pull: 11.3, errors: {
    nngp: 0.88, rescaling: 0.88, linearResponse: 0.52,
    perturbative: 0.67, map: null, multiscale: 0.25,
  } },
  { layers: 1, fluctuation: 0.203, pull: 1.61, errors: {
    nngp: 0.7, rescaling: 0.7, linearResponse: 0.19,
    perturbative: 0.37, map: 0.031, multiscale: 0.024,
  } },
  { layers: 2, fluctuation: 0.327, pull: 2.79, errors: {
    nngp: 0.85, rescaling: 0.85, linearResponse: 0.46,
    perturbative: 0.53, map: 0.061, multiscale: 0.044,
  } },
  { layers: 3, fluctuation: 0.431, pull: 3.88, errors: {
    nngp: 0.87, rescaling: 0.87, linearResponse: 0.55,
    perturbative: 0.63, map: 0.12, multiscale: 0.091,
  } },
  { layers: 1, fluctuation: 0.0636, pull: 0.534, errors: {
    nngp: 0.45, rescaling: 0.45, linearResponse: 0.11,
    perturbative: 0.16, map: 0.019, multiscale: 0.0024,
  } },
  { layers: 2, fluctuation: 0.0979, pull: 0.869, errors: {
    nngp: 0.63, rescaling: 0.63, linearResponse: 0.35,
    perturbative: 0.32, map: 0.11, multiscale: 0.068,
  } },
  { layers: 3, fluctuation: 0.125, pull: 1.17, errors: {
    nngp: 0.77, rescaling: 0.77, linearResponse: 0.57,
    perturbative: 0.5, map: 0.2, multiscale: 0.17,
  } },
  { layers: 1, fluctuation: 0.0188, pull: 0.158, errors: {
    nngp: 0.16, rescaling: 0.16, linearResponse: 0.018,
    perturbative: 0.022, map: 0.007, multiscale: 0.0034,
  } },
  { layers: 2, fluctuation: 0.0277, pull: 0.247, errors: {
    nngp: 0.21, rescaling: 0.21, linearResponse: 0.033,
    perturbative: 0.021, map: 0.021, multiscale: 0.017,
  } },
  { layers: 3, fluctuation: 0.0345, pull: 0.326, errors: {
    nngp: 0.24, rescaling: 0.24, linearResponse: 0.065,
    perturbative: 0.039, map: 0.02, multiscale: 0.016,
  } },
  { layers: 1, fluctuation: 3.44, pull: 2.08, errors: {
    nngp: 0.5, rescaling: 0.5, linearResponse: 0.44,
    perturbative: null, map: 0.14, multiscale: null,
  } },
  { layers: 2, fluctuation: 6.56, pull: 5.87, errors: {
    nngp: 0.64, rescaling: 0.64, linearResponse: 1.1,
    perturbative: null, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.86, pull: 0.521, errors: {
    nngp: 0.27, rescaling: 0.27, linearResponse: 0.069,
    perturbative: 0.1, map: 0.079, multiscale: 0.022,
  } },
  { layers: 2, fluctuation: 1.64, pull: 1.47, errors: {
    nngp: 0.45, rescaling: 0.45, linearResponse: 0.22,
    perturbative: 0.097, map: 0.072, multiscale: 0.11,
  } },
  { layers: 3, fluctuation: 2.28, pull: 3.14, errors: {
    nngp: 0.58, rescaling: 0.58, linearResponse: 0.35,
    perturbative: 0.12, map: 0.09, multiscale: 0.23,
  } },
  { layers: 1, fluctuation: 0.215, pull: 0.13, errors: {
    nngp: 0.085, rescaling: 0.085, linearResponse: 0.017,
    perturbative: 0.017, map: 0.012, multiscale: 0.013,
  } },
  { layers: 2, fluctuation: 0.41, pull: 0.367, errors: {
    nngp: 0.2, rescaling: 0.2, linearResponse: 0.027,
    perturbative: 0.041, map: 0.019, multiscale: 0.0085,
  } },
  { layers: 3, fluctuation: 0.57, pull: 0.785, errors: {
    nngp: 0.33, rescaling: 0.33, linearResponse: 0.058,
    perturbative: 0.076, map: 0.03, multiscale: 0.037,
  } },
  { layers: 1, fluctuation: 2.25, pull: 6.99, errors: {
    nngp: 0.55, rescaling: 0.55, linearResponse: 0.64,
    perturbative: null, map: 0.19, multiscale: null,
  } },
  { layers: 2, fluctuation: 3.84, pull: 16.9, errors: {
    nngp: 0.74, rescaling: 0.74, linearResponse: null,
    perturbative: 0.28, map: null, multiscale: null,
  } },
  { layers: 3, fluctuation: 4.67, pull: 28.3, errors: {
    nngp: 0.76, rescaling: 0.76, linearResponse: null,
    perturbative: 0.33, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.29, pull: 2.35, errors: {
    nngp: 0.47, rescaling: 0.47, linearResponse: 0.13,
    perturbative: 0.26, map: 0.11, multiscale: 0.021,
  } },
  { layers: 2, fluctuation: 0.438, pull: 4.38, errors: {
    nngp: 0.69, rescaling: 0.69, linearResponse: 0.35,
    perturbative: 0.36, map: 0.097, multiscale: null,
  } },
  { layers: 3, fluctuation: 0.477, pull: 5.5, errors: {
    nngp: 0.75, rescaling: 0.75, linearResponse: 0.45,
    perturbative: 0.47, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.0284, pull: 0.357, errors: {
    nngp: 0.32, rescaling: 0.24, linearResponse: 0.08,
    perturbative: 0.11, map: 0.03, multiscale: 0.016,
  } },
  { layers: 2, fluctuation: 0.0379, pull: 0.524, errors: {
    nngp: 0.55, rescaling: 0.45, linearResponse: 0.31,
    perturbative: 0.28, map: 0.11, multiscale: 0.065,
  } },
  { layers: 3, fluctuation: 0.0375, pull: 0.538, errors: {
    nngp: 0.79, rescaling: 0.64, linearResponse: 0.66,
    perturbative: 0.61, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 2.92, pull: 5.49, errors: {
    nngp: 0.81, rescaling: 0.81, linearResponse: 0.59,
    perturbative: 0.68, map: 0.55, multiscale: null,
  } },
  { layers: 2, fluctuation: 5.47, pull: 13.4, errors: {
    nngp: 0.88, rescaling: 0.88, linearResponse: 1.3,
    perturbative: 0.74, map: 0.58, multiscale: null,
  } },
  { layers: 3, fluctuation: 7.76, pull: 22.3, errors: {
    nngp: 0.89, rescaling: 0.89, linearResponse: null,
    perturbative: 0.84, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.73, pull: 1.37, errors: {
    nngp: 0.46, rescaling: 0.46, linearResponse: 0.11,
    perturbative: 0.24, map: 0.12, multiscale: 0.025,
  } },
  { layers: 2, fluctuation: 1.37, pull: 3.35, errors: {
    nngp: 0.66, rescaling: 0.66, linearResponse: 0.25,
    perturbative: 0.36, map: 0.15, multiscale: 0.068,
  } },
  { layers: 3, fluctuation: 1.94, pull: 5.57, errors: {
    nngp: 0.75, rescaling: 0.75, linearResponse: 0.39,
    perturbative: 0.46, map: 0.22, multiscale: 0.1,
  } },
  { layers: 1, fluctuation: 0.182, pull: 0.343, errors: {
    nngp: 0.2, rescaling: 0.2, linearResponse: 0.0084,
    perturbative: 0.059, map: 0.024, multiscale: 0.0043,
  } },
  { layers: 2, fluctuation: 0.342, pull: 0.836, errors: {
    nngp: 0.34, rescaling: 0.34, linearResponse: 0.04,
    perturbative: 0.1, map: 0.023, multiscale: 0.0098,
  } },
  { layers: 3, fluctuation: 0.485, pull: 1.39, errors: {
    nngp: 0.45, rescaling: 0.45, linearResponse: 0.072,
    perturbative: 0.15, map: 0.029, multiscale: 0.016,
  } },
  { layers: 1, fluctuation: 1.6, pull: 8.87, errors: {
    nngp: 0.85, rescaling: 0.85, linearResponse: null,
    perturbative: 0.55, map: 0.21, multiscale: null,
  } },
  { layers: 2, fluctuation: 2.64, pull: 17.5, errors: {
    nngp: 0.9, rescaling: 0.9, linearResponse: null,
    perturbative: 0.69, map: 0.38, multiscale: null,
  } },
  { layers: 3, fluctuation: 3.44, pull: 25.2, errors: {
    nngp: 0.9, rescaling: 0.9, linearResponse: null,
    perturbative: 0.73, map: null, multiscale: null,
  } },
  { layers: 1, fluctuation: 0.187, pull: 1.5, errors: {
    nngp: 0.7, rescaling: 0.7, linearResponse: 0.2,
    perturbative: 0.37, map: 0.018, multiscale: 0.013,
  } },
  { layers: 2, fluctuation: 0.275, pull: 2.38, errors: {
    nngp: 0.85, rescaling: 0.85, linearResponse: 0.52,
    perturbative: 0.55, map: 0.072, multiscale: 0.038,
  } },
  { layers: 3, fluctuation: 0.334, pull: 3.03, errors: {
    nngp: 0.88, rescaling: 0.88, linearResponse: 0.62,
    perturbative: 0.66, map: 0.11, multiscale: 0.097,
  } },
  { layers: 1, fluctuation: 0.0171, pull: 0.143, errors: {
    nngp: 0.15, rescaling: 0.15, linearResponse: 0.015,
    perturbative: 0.018, map: 0.003, multiscale: 0.0006,
  } },
  { layers: 2, fluctuation: 0.0228, pull: 0.199, errors: {
    nngp: 0.16, rescaling: 0.16, linearResponse: 0.037,
    perturbative: 0.035, map: 0.037, multiscale: 0.036,
  } },
  { layers: 3, fluctuation: 0.026, pull: 0.238, errors: {
    nngp: 0.19, rescaling: 0.19, linearResponse: 0.04,
    perturbative: 0.022, map: 0.011, multiscale: 0.0085,
  } },
];
