# searchd, a server that runs on pools, its loader and its demo. Built where its libraries are found.
