"""An example of every chart, on results whose answers are known; also what tests of charts look at."""
