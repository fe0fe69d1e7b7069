"""EC2: what a network and its access need and moto answers wrongly or not at all."""
