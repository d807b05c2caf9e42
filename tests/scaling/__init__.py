"""Several web processes over one store, several model servers, and what the sums stand on."""
